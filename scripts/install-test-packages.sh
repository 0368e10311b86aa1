#!/usr/bin/env bash
# Debian packages the tests use: a real Postfix, a real Sendmail (unpacked into build/, for it cannot be installed beside Postfix), a real PostgreSQL, 7-Zip, letter shapes for reading pictures, and what shows system calls. Says what it installs; uses sudo when not root.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=() sendmail=build/sendmail
[ -x /usr/sbin/postconf ] || missing+=(postfix)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
compgen -G '/usr/share/tesseract-ocr/*/tessdata/eng.traineddata' >/dev/null \
  || missing+=(tesseract-ocr-eng)
command -v 7zz 7z >/dev/null || missing+=(7zip)
command -v strace >/dev/null || missing+=(strace)
command -v systemd-analyze >/dev/null || missing+=(systemd)
unpack_sendmail() { # its libraries and m4, which makes its settings, are installed; no program of its own gets into the system
  local folder=$sendmail.part package
  rm -rf $sendmail $folder && mkdir -p $folder || return
  (cd $folder && apt-get download -qq sendmail-bin sendmail-cf) || return
  for package in $folder/*.deb; do dpkg -x "$package" $folder || return; done
  chmod g-s $folder/usr/libexec/sendmail/sendmail && mv $folder $sendmail
}
command -v m4 >/dev/null || missing+=(m4)
program=$sendmail/usr/libexec/sendmail/sendmail
if [ -x $program ] && ! ldd $program | grep -q 'not found'; then sendmail=; fi
[ ${#missing[@]} -eq 0 ] && [ -z "$sendmail" ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "The tests need ${missing[*]} ${sendmail:+and a Sendmail in $sendmail}; install it with this system's package manager." >&2; exit 1
fi
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
echo "Installing for the tests: ${missing[*]} ${sendmail:+Sendmail (its libraries; itself only unpacked into $sendmail)} (apt-get${sudo:+, with sudo}); no daemon of it is started or configured."
export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select No configuration' | $sudo debconf-set-selections
$sudo apt-get update -qq
if ! apt-cache show 7zip >/dev/null 2>&1; then missing=("${missing[@]/%7zip/p7zip-full}"); fi # its name until 2022
if [ -n "$sendmail" ]; then
  read -ra libraries <<<"$(apt-cache depends sendmail-bin | awk '/^ *Depends: lib/ { print $2 }' | tr '\n' ' ')"
  missing+=("${libraries[@]}")
fi
# Without a policy, Debian would start the system's Postfix and PostgreSQL; the tests run their own in private folders.
policy=/usr/sbin/policy-rc.d made=
if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null; $sudo chmod 755 $policy; made=1; fi
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-upgrade --no-install-recommends "${missing[@]}" >/tmp/straymail-apt.log 2>&1 \
  || { tail -20 /tmp/straymail-apt.log >&2; exit 1; }
[ -z "$made" ] || $sudo rm -f $policy
if [ -n "$sendmail" ]; then unpack_sendmail >>/tmp/straymail-apt.log 2>&1 || { tail -20 /tmp/straymail-apt.log >&2; exit 1; }; fi
