"""The forms secrets are searched for by, beside those that give themselves away."""

from __future__ import annotations

from straymail.content.hints import hint
from straymail.content.scan import Rule
from straymail.content.secret_forms import HASHES, HINTS, KEYS, PLAIN, TOKENS
from straymail.content.secret_recovery import RULES as RECOVERY

_GERMAN = (
    r"(?:start|erst|initial|einmal|master|haupt|zugangs|anmelde|benutzer|standard|admin|wlan|vpn|default|system"
    r"|wiederherstellungs|datei|zip|general|erstanmelde|nutzer|konto|root|portal|router|mail|bios|geräte)-?(?:passwort|kennwort)"
)
_ASCII_WORD = (
    rf"(?:pass ?words?|pass ?codes?|pass ?phrases?|passwd|pwd|pword|p/w|pw|passwort|kennwort|{_GERMAN}|mot de passe|mdp"
    r"|contrase(?:ñ|n)a|clave(?: de acceso)?|wachtwoord|lozinka|has(?:ł|l)o|senha|heslo|lösenord(?:et)?"
    r"|adgangskoden?|passord(?:et)?|salasana|parola)"
)
_WIDE_WORD = r"(?:пароль|паролем|парола|κωδικός πρόσβασης|şifre(?:niz)?|jelszó|密码|密碼|パスワード|비밀번호)"
_WORD = rf"\b{_ASCII_WORD}\b"
_KIND = r"(?: (?:temporal|temporaneo|temporanea|temporaire|provisoire|provis(?:ó|o)ria|nueva|actual))?"
_IS = (
    r"(?:\s{0,3}(?:=>|:=|=|:)|['’]s|\s{1,3}(?:(?:is|was) (?:still|currently|again|unchanged|just|simply|only)"
    r"|(?:ist|est|es) (?:nur|einfach|weiterhin|juste|toujours|solo|todavía)|c['’]est"
    r"|is|was|will be|is now|are|ist|lautet|est|es|je|jest|är|er|on|é|è|is:|is now:"
    r"|(?:(?:has|have) been |was |is )?(?:changed|re-?set|set) to)(?::|\s))"
)
_VALUE = r"[\"'“‘`*<\[(]{0,2}([^\s\"'“”‘’`<>,;]{3,64})"
_MIXED = r"[\"'“‘`*<\[(]{0,2}([A-Za-z][^\s\"'“”‘’`<>,;]{0,40}?[0-9!#$%&*+?=_][^\s\"'“”‘’`<>,;]{0,40}|admin\b|root\b)"
_USER = (
    r"(?:user ?(?:name|id)?|log ?(?:in|on)(?: ?(?:name|id))?|account(?: name)?|e-?mail|benutzer(?:name)?|identifiant"
    r"|usuario|id)"
)
_OPENS = (
    r"(?:log ?-?(?:in|on)|sign ?-?in|cred(?:ential)?s|user ?name|user ?id|zugang(?:sdaten)?|anmeld(?:ung|en|edaten)"
    r"|benutzer(?:name)?|identifiants?|usuario)"
)
_BELOW = r"(?:[ \t]{0,8}\r?\n){1,2}[ \t>*]{0,8}"  # on the next line, or the one after a blank one
_NAME = (
    r"(?:secret|passw(?:or)?d|pwd|passphrase|api[_\-. ]?key|apikey|app[_\-]?key|access[_\-. ]?key|account[_\-]?key"
    r"|auth[_\-]?(?:key|token)|authorization|token|private[_\-]?key|client[_\-]?secret|credentials?|encryption[_\-]?key"
    r"|license[_\-]?key|signing[_\-]?key|master[_\-]?key|unseal key|(?:\b|[_\-])(?:pass|auth|login|pat|key|salt|crumb))"
)
_TURN = r"[0-9]{1,2}(?: ?(?:right|left|clockwise|anticlockwise|[rl]\b))?"
_TURNS = rf"{_TURN}(?:(?: ?[\-–/,] ?|,? (?:then |and )?){_TURN}){{2,3}}"  # what opens a safe or a lock
_GIVEN = r"(?:-u\s?[\w.@+\-]{1,60}:|-p\s?|--password[= ]|-password\s{1,3}|/user:\S{1,40} )"
_CODE_NAME = (
    r"(?:(?:one[ \-]time|verification|security|access|confirmation|authentication|login|sign[ \-]?in|recovery|backup"
    r"|2fa) (?:pass)?codes?|one[ \-]time (?:password|pin)|otp|pin(?: code| number)?|tan"
    r"|(?:door|gate|alarm|disarm(?:ing)?|entry|lock(?:box)?|safe|garage|keypad|key safe) ?(?:pass)?codes?"
    r"|(?:sicherheits|best(?:ä|ae)tigungs|zugangs|zutritts|einmal|t(?:ü|ue)r|tor|verifizierungs|alarm)-?code"
    r"|code (?:d'acc(?:è|e)s|de (?:v(?:é|e)rification|s(?:é|e)curit(?:é|e)|confirmation|(?:la )?porte)|secret)"
    r"|codice (?:di (?:accesso|sicurezza|verifica)|pin)|(?:toegangs|deur|alarm)code|c(?:ó|o)digo de acesso"
    r"|digicode|c(?:ó|o)digo de (?:verificaci(?:ó|o)n|acceso|seguridad))"
)
_LOCKED = (
    r"(?:alarm|gate|door|safe|(?:pad|combination |bike )?lock(?:box|er)?|key ?(?:box|pad|safe)|entrance|barrier"
    r"|shutters?|garage|shed|cabinet|building|house|flat|office|t(?:ü|ue)r|tor|tresor)"
)
_RESET = (
    r"(?:(?:reset|recover|forgot|set|change)[_\-./]?(?:my[_\-]?|your[_\-]?)?(?:passw(?:or)?d|pw|pwd)"
    r"|(?:passw(?:or)?ds?|pwd)[_\-./](?:reset|recover(?:y)?|edit|new|set|change|forgot))"
)
COLUMN = (
    r"(?:(?:initial|temp(?:orary)?|default|new|old|current|first|start|user|admin|login|account|e-?mail|web|vpn"
    r"|provisional|neues|altes|erst)[ _\-]?){0,2}"
    r"(?:passwords?|passwd|pwd|pass|passwort|kennwort|mot de passe|contrase(?:ñ|n)a|wachtwoord)"
)
RULES = (
    Rule("prose", rf"(?i){_WORD}{_KIND}[*_]{{0,2}}[^\S\n]{{0,2}}(?:\([^)\n]{{1,30}}\)"
         rf"|(?:for|to|für|pour|para|per|voor|för|til|do) [\pL\w .\-]{{2,40}}?)?{_IS}[*_]{{0,2}}\s{{0,12}}{_VALUE}"),
    Rule("prose wide", rf"(?i){_WIDE_WORD}\s{{0,3}}(?:=|:|-|–)\s{{0,12}}{_VALUE}"),
    Rule("set", rf"(?i)\b(?:set|changed?|re-?set|updated?)\b[^\n]{{0,30}}?{_WORD} to:?\s{{1,3}}{_VALUE}",
         hint=hint(rf"(?i){_WORD} to:?\s")),
    Rule("bare", rf"(?i)\b(?:with|using|use|enter|is|new|temporary|default|mit|avec|con) "
         rf"(?:the |this |your |dem |das |le |la )?(?:new |temporary |default |neuen? )?{_WORD}\s{{1,3}}{_VALUE}",
         hint=hint(rf"(?i){_WORD}\s", whole=True)),
    Rule("dash", rf"(?i){_WORD}\s{{0,2}}(?:-|–|—|->|→)\s{{1,3}}{_VALUE}"),
    Rule("cell", rf"(?i){_WORD}\"?[ ]{{0,3}}[|\t,;][ \t]{{0,3}}{_VALUE}"),
    Rule("before", r"(?i)([^\s\"'“”‘’`<>,;:]{6,64})[\"'”’*]{0,2} is (?:now )?(?:your|the|my|our) "
         r"(?:(?:new|temporary|initial|current|wifi|wi-fi) ){0,2}(?:password|passphrase|passcode)\b"),
    Rule("column", rf"(?im)^(?:[^\n]{{0,300}}[,;|\t])?[ \t\"*]{{0,4}}{COLUMN}[ \t\"*]{{0,4}}"
         r"(?:[,;|\t][^\n]{0,300})?\r?$",
         hint=r"(?i)(?:password|passwords|passwd|pwd|pass|passwort|kennwort|mot de passe|contrase[\x80-\xffn]+a"
         r"|wachtwoord)[ \t\x22*]*(?:[,;|\t\r\n]|$)"),
    Rule("named", r"(?i)\b(?:(?:api|access|secret|account|app)[ _\-]?key|(?:client|app|shared)[ _\-]?secret"
         r"|[a-z]{0,8} ?token)"
         r"(?: (?:for|to) [\w .\-]{2,30}?)?(?: is(?: now)?:?| was|:|=| -)?\s{1,3}[\"'“`]?"
         r"([A-Za-z0-9+/_\-~.]{20,120}={0,2})",
         hint=r"(?i)(?:(?:api|access|secret|account|app)[ _\-]?key|(?:client|app|shared)[ _\-]?secret|token)"
         r"[^\n]*\s+[\x22'\x80-\xff`]*[a-z0-9+/_\-~.]{16}"),
    Rule("pair",
         rf"(?i)\b{_USER}(?: is|\s{{0,3}}[:=])\s{{0,4}}[\"']?([\w.@+\-\\]{{2,64}})[\"']?[\s,;/|&]{{1,6}}(?:and )?"
         rf"(?:your )?\b(?:{_ASCII_WORD}|pass)(?: is|\s{{0,3}}[:=])\s{{0,4}}{_VALUE}",
         hint=hint(rf"(?i)\b(?:{_ASCII_WORD}|pass)(?: is|\s{{0,3}}[:=])", whole=True)),
    Rule("stacked", rf"(?im)^[ \t>*]{{0,8}}{_USER}[ \t:*]{{0,4}}{_BELOW}[^\s]{{2,64}}{_BELOW}"
         rf"(?:{_ASCII_WORD}|pass)[ \t:*]{{0,4}}{_BELOW}{_VALUE}[ \t]{{0,8}}\r?$",
         hint=hint(rf"(?i)(?:{_ASCII_WORD}|pass)[ \t:*]{{0,4}}\r?\n", whole=True)),
    Rule("login bare", rf"(?i)\b{_USER}:? [\w.@+\-\\]{{2,64}}(?: ?[,;/|] ?|,? and | )(?:the |your )?{_WORD}:? {_VALUE}",
         hint=hint(rf"(?i){_WORD}:? ", whole=True)),
    Rule("assign",
         rf"(?i){_NAME}(?:[_\-]\w{{1,16}})?\d{{0,3}}[\"'\])]{{0,2}}\s{{0,12}}(?:=>|:=|==?|:|,\s?[\"'])\s{{0,3}}(?:[\w.]{{1,30}}\()?"
         r"([\"'`]?)(`?[^\s\"'`<>,;]{4,300})"),
    Rule("long", r"\b([\w.\-]{2,40})[\"']?\s{0,3}[:=,]\s{0,3}[\"']{1,2}([A-Za-z0-9+/_\-]{32,120}={0,2})[\"']",
         hint=r"[A-Za-z0-9+/_\-]{32}={0,2}[\"']"),
    Rule("gradle", r"(?i)\busername\s{1,3}[\"'][^\"'\n]{1,80}[\"']\s{1,12}password\s{1,3}[\"']([^\"'\n]{2,80})[\"']"),
    Rule("element", r"(?i)<[\w:]{0,20}(?:pass(?:word|wd)?|secret|token|apikey)\b[^>]{0,60}>([^<>\s]{3,200})</",
         whole=True),
    Rule("attribute", rf"(?i)(?:key|name|id)=\"[\w.:\-]{{0,30}}{_NAME}\w{{0,10}}\" value=\"([^\"\s]{{4,200}})\""),
    Rule("netrc",
         r"(?im)(?:\bmachine\s{1,4}\S{1,80}\s{1,4}|^\s{0,8})login\s{1,4}(\S{0,79}[^\s,;])\s{1,4}password\s{1,4}(\S{3,80})"),
    Rule("call",
         r"(?:NetworkCredential|DirectoryEntry)\s?\(\s{0,20}(?:\"[^\"\n]{0,120}\"\s?,\s{0,20})?\"[^\"\n]{1,80}\"\s?,"
         r"\s{0,20}\"([^\"\n]{3,80})\""),
    Rule("option",
         r"(?i)\b(?:psexec|mysql|curl|sshpass|net use|docker login|wget|connect-viserver)\b(?:[^\n]|\\\n){0,200}?"
         rf"\s{_GIVEN}[\"']?([^\s\"'\-$][^\s\"']{{2,80}})"),
    Rule("basic",
         r"(?i)\bauthorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token)\s{1,2}([A-Za-z0-9+/=._\-]{12,600})"),
    Rule("npmrc", r"(?m)(?::_auth(?:Token)?|:_password|^_auth)\s?=\s?([A-Za-z0-9+/=\-]{8,200})"),
    Rule("unseal", r"(?i)\bunseal(?: key ?\d{0,2}:)? ([A-Za-z0-9+/]{43,44}=?)"),
    Rule("url", r"\b[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://([^\s:/@\"'<>]{0,80}):([^\s@/\"'<>]{2,100})@[\w.\-\[]{2,100}",
         hint=r"/[^\s:/@\x22'<>]*:[^\s@/\x22'<>]{2,}@"),
    Rule("odbc",
         r"(?i)\b(?:server|data source|driver|host|dsn|provider|initial catalog|database|uid|user id|endpoint)\s?="
         r"[^\n]{0,300}?\b(?:password|pwd)\s?=\s?[\"'{]?([^;\"'\s}]{2,80})",
         hint=r"(?i)\b(?:password|pwd)\s?="),
    Rule("code", rf"(?i)\b({_CODE_NAME})\b( ?:| (?:is|ist|lautet|est|es|for [\w ]{{2,30}} is"
         r"|(?:at|on|of|to|in|for|by) [\w '’\-]{2,40}? (?:is|are)(?: now)?"
         r"|f(?:ü|ue)r [\w ]{2,30} (?:ist|lautet)):?|)\s{1,4}(?:[0-9]{1,2}[.)] {1,3})?[*#]{0,2}"
         r"([0-9]{4,8}|[0-9]{3}[ \-][0-9]{3}|[A-Z0-9]{4,6}-[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){0,3})\b"),
    Rule("code-first", r"(?i)\b(G-[0-9]{6}|[0-9]{4,8}|[0-9]{3}[ \-][0-9]{3}) is (?:your|the) [\w .\-]{0,40}?"
         r"(?:code|otp|pin|passcode)\b", hint=r"(?i)[0-9] is (?:your|the) "),
    Rule("code-for", rf"(?i)\bcode (?:for|to|on|of|at|von|f(?:ü|ue)r) (?:[\w'’\-]{{1,20}} ){{0,3}}?{_LOCKED}"
         r"(?: (?:is|ist)(?: now)?:?|:| =) ?([0-9]{4,8})\b",
         hint="(?i)code (?:for|to|on|of|at|von|f[\\x80-\\xffu]+e?r) [^\\x00]*[0-9]{4}"),
    Rule("code-near", rf"(?i)\b(?:the|your|our|my|his|her|this|that|each|front|back|side|main|der|die|das) "
         rf"(?:[\w\-]{{1,16}} ){{0,2}}?{_LOCKED}\b[^.;?!\n]{{0,24}}?"
         r"(?:[,:(] ?|[\-–] |\b(?:with|and|by|uses?|using|enter|mit|has) )"
         r"(?:(?:the|its|a|this) )?(?:code|combination|pin)(?: is| ist|:| =)? ([0-9]{4,8})\b",
         hint=r"(?i)(?:code|combination|pin)(?: is| ist|:| =)? [0-9]{4}"),
    Rule("opener use", rf"(?i)\b(?:use|using|enter|type|try|it's|with)\s{_VALUE}[\"'”’*]{{0,2}}\s"
         r"(?:to|and (?:it|that)|when|for)\s(?:open|unlock|unzip|decrypt|extract|un-?rar|read"
         r"|get (?:in|at|past))\w{0,3}\b",
         hint=r"(?i)(?:to|and (?:it|that)|when|for)\s(?:open|unlock|unzip|decrypt|extract|un-?rar|read"
         r"|get (?:in|at|past))"),
    Rule("opener with", rf"(?i)\b(?:open|unlock|unzip|decrypt|extract|un-?rar)(?:s|ed|ing)?\b[^\n.]{{0,40}}?"
         rf"\s(?:with|using|by typing|is)\s{_VALUE}",
         hint=r"(?i)(?:open|unlock|unzip|decrypt|extract|un-?rar)(?:s|ed|ing)?[^\n.]*\s(?:with|using|by typing|is)\s"),
    Rule("login", rf"(?i)\b{_OPENS}\b"
         rf"(?:(?:[^\n]|\n[^\n]){{0,100}}?(?:\b(?:is|are|it'?s|it’s|with|use|using|as|mit|ist|lautet|avec|con)|:)\s{{1,3}}|\s)"
         rf"[\"']?[\w.@+\-\\]{{2,64}}[\"']?"
         rf"(?:\s?[/|]\s?|,? (?:and(?: then)?|then|plus|with|und|et|y)\s){_MIXED}",
         hint=r"(?i)(?:log ?-?(?:in|on)|sign ?-?in|creds|credentials|user ?name|user ?id|zugang|anmeld|benutzer"
         r"|identifiant|usuario)[^\x00]*"
         r"(?:[/|]\s?|\s(?:and|then|plus|with|und|et|y)\s)(?:[^\sa-z]*[a-z][^\s,;<>]*[0-9!#$%&*+?=_]|admin|root)"),
    Rule("reset", rf"(?i)https?://[^\s\"'<>]{{3,200}}{_RESET}[^\s\"'<>]{{0,40}}[/=?&]([A-Za-z0-9_\-%.]{{16,400}})",
         hint=hint(rf"(?i){_RESET}", whole=True)),
    Rule("combination", rf"(?i)\bcombi(?:nation|nations)?\b[^\n.]{{0,60}}?\b({_TURNS})\b",
         hint=r"(?i)combi[^\n.]*[0-9]+[^0-9\n]+[0-9]+[^0-9\n]+[0-9]"),
    Rule("lines", r"(?im)^[^\n]{0,40}\b(?:credentials|creds|log-?in(?: details| data)?|access (?:details|data)"
         rf"|zugangsdaten|anmeldedaten|identifiants)\b[^\n]{{0,60}}{_BELOW}[\w.@+\-\\]{{3,64}}"
         r"[ \t]{0,8}\r?\n[ \t>*]{0,8}([^\s\"'<>]{6,64})[ \t]{0,8}\r?$",
         hint=r"(?i)(?:credentials|creds|log-?in|access d|zugangsdaten|anmeldedaten|identifiants)[^\n]*\n[ \t>*\r\n]*"
         r"[^\s]{3,}[ \t\r]*\n[ \t>*]*[^\s]{6}"),
    Rule("alone", rf"(?i){_WORD}(?:(?: as (?:always|usual|before|ever)| again| for now)[,:]?)?\s{{1,3}}{_VALUE}",
         hint=hint(rf"(?i){_WORD}\s", whole=True)),
    Rule("net use", r"(?i)\bnet use (?:[a-z*]:? )?\\\\[^\s]{3,100} ([^\s/\"'*][^\s\"']{2,60}) /user:"),
    Rule("community", r"(?i)\bsnmp-server community ([^\s\"']{3,60}) r[ow]\b"),
    Rule("thin", r"\bjdbc:oracle:[a-z]{3,5}:([\w.\-]{1,40})/([^\s@/\"'<>]{2,80})@"),
    Rule("wifi-digits", r"(?i)\b(?:wi-?fi|wlan|wpa2?)[ \-]?(?:netzwerk)?"
         r"(?:schl(?:ü|ue|u)ssel|key|pass(?:wor[td]|phrase))"
         r"\s{0,3}(?:is|ist|lautet|:|=)\s{0,3}([0-9]{4,5}(?:[ \-][0-9]{4,5}){2,4})\b",
         hint=r"(?i)(?:wi-?fi|wlan|wpa2?)[ \-]?[^\n]*[0-9]{4}[ \-][0-9]{4}"),
    Rule("wifi", r"\bWIFI:[^\n]{0,80}?P:([^;\n]{4,64});"),
    Rule("wifi-prose",
         r"(?i)\b(?:wi-?fi|wlan|wpa2?|ssid|wireless)\b[^\n]{0,60}?\b(?:key|password|passphrase|pass|pw|code"
         r"|schl(?:ü|u)ssel)\s{0,3}(?:is|:|=)\s{0,3}[\"']?([^\s\"'<>,]{6,64})",
         whole=True),
    Rule("wifi-bare",
         r"(?i)\b(?:wi-?fi|wlan|ssid|wireless|hotspot|guest network)\b(?:[^\n]|\n[^\n]){0,60}?"
         r"\b(?:key|password|passphrase|pw|code|schl(?:ü|u)ssel|passwort|kennwort|clave|mot de passe|wachtwoord)"
         r"(?:\s{1,2}|\s?[/>–-]\s?)[\"'“(]?([^\s\"'”<>,]{8,64})",
         hint=r"(?i)(?:wi-?fi|wlan|ssid|wireless|hotspot|guest network)[^\x00]*(?:key|password|passphrase|pw|code|schl"
         r"|passwort|kennwort|clave|mot de passe|wachtwoord)"),
    Rule("wifi-slash",
         r"(?i)\b(?:wi-?fi|wlan|ssid|hotspot)(?: (?:network|name|login|details|guest|gast))?:[ \t]{0,3}"
         r"[\w\-]{2,32}[ \t]{0,2}(?:[/|,]|[\-–] )[ \t]{0,2}([^\s\"'<>,]{8,64})",
         hint=r"(?i)(?:wi-?fi|wlan|ssid|hotspot)"),
    *RECOVERY,
    *(Rule(f"token {kind}", pattern, whole=kind in PLAIN, hint=HINTS.get(pattern, ""))
      for kind, pattern in TOKENS.items()),
    *(Rule(f"key {number}", pattern) for number, pattern in enumerate(KEYS)),
    *(Rule(f"hash {number}", pattern, hint=HINTS.get(pattern, "")) for number, pattern in enumerate(HASHES)),
)  # fmt: skip
