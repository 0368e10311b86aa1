"""Well-known mail domains: candidates where the organisation's own history has none. Hand-written, public knowledge.

A domain of this list is one that many people have a mailbox at; being on it never clears an address.
"""

from __future__ import annotations

from functools import cache, lru_cache

from straymail.correspondence.nearby import Nearby

WELL_KNOWN = frozenset(
    """
    gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com msn.com aol.com icloud.com me.com mac.com
    ymail.com rocketmail.com protonmail.com proton.me pm.me tutanota.com zoho.com fastmail.com fastmail.fm gmx.com
    gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de arcor.de mail.com email.com mail.ru yandex.ru yandex.com
    rambler.ru bk.ru list.ru inbox.ru qq.com 163.com 126.com sina.com sohu.com naver.com daum.net hanmail.net
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com netzero.net
    optonline.net roadrunner.com rr.com windstream.net frontier.com frontiernet.net centurylink.net mindspring.com
    prodigy.net swbell.net pacbell.net ameritech.net netscape.net compuserve.com excite.com lycos.com
    btinternet.com virginmedia.com ntlworld.com blueyonder.co.uk talktalk.net sky.com tiscali.co.uk yahoo.co.uk
    hotmail.co.uk live.co.uk outlook.co.uk yahoo.fr hotmail.fr live.fr orange.fr wanadoo.fr free.fr sfr.fr laposte.net
    neuf.fr bbox.fr yahoo.de hotmail.de live.de outlook.de yahoo.it hotmail.it live.it libero.it virgilio.it alice.it
    tin.it tim.it yahoo.es hotmail.es outlook.es telefonica.net terra.es yahoo.com.br hotmail.com.br uol.com.br
    bol.com.br terra.com.br ig.com.br globo.com yahoo.com.mx hotmail.com.mx prodigy.net.mx yahoo.com.ar hotmail.com.ar
    yahoo.ca hotmail.ca rogers.com shaw.ca sympatico.ca bell.net telus.net videotron.ca yahoo.com.au hotmail.com.au
    bigpond.com bigpond.net.au optusnet.com.au iinet.net.au yahoo.co.in yahoo.in rediffmail.com yahoo.co.jp
    docomo.ne.jp ezweb.ne.jp softbank.ne.jp yahoo.com.tw yahoo.com.hk yahoo.com.sg yahoo.co.id yahoo.com.ph
    yahoo.com.vn hotmail.nl live.nl ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl telenet.be skynet.be hotmail.be
    live.be bluewin.ch sunrise.ch telia.com hotmail.se live.se online.no hotmail.no live.no hotmail.dk live.dk
    wp.pl o2.pl onet.pl interia.pl op.pl seznam.cz centrum.cz post.cz azet.sk freemail.hu citromail.hu abv.bg mail.bg
    berkeley.edu stanford.edu harvard.edu mit.edu yale.edu princeton.edu columbia.edu cornell.edu upenn.edu umich.edu
    utexas.edu tamu.edu rice.edu ucla.edu ucsd.edu uchicago.edu northwestern.edu duke.edu nyu.edu usc.edu caltech.edu
    cmu.edu jhu.edu gatech.edu purdue.edu illinois.edu wisc.edu umn.edu washington.edu ox.ac.uk cam.ac.uk lse.ac.uk
    ucl.ac.uk ethz.ch army.mil navy.mil usmc.mil mail.mil nato.int europa.eu state.gov mod.uk parliament.uk
    ukr.net i.ua facebook.com google.com microsoft.com apple.com amazon.com
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)

FIRST = frozenset(("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "aol.com", "icloud.com"))
"""Those at which hundreds of millions have a mailbox."""

PARENTS = frozenset(
    f"{name}.mil"
    for name in """
    af afis afms afpims africom apps army bta capmed centcom ces cybercom darpa dau dcaa dcma dcoe dcsa dfas dha dhra
    dia disa dla dma dmdc dod dodig dodlive dren dsca dsp dss dtic dtra eucom health hpc ioss jcs jfcom js jten jwac
    mail marines mda mepcom milcloud milsuite navy ndu ng nga nmci norad noradnorthcom northcom nps nro nsa osd pacom
    pentagon socom southcom spacecom spaceforce stratcom transcom tricare usace usafa usafricom uscg usma usmc usna
    ustranscom whs
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
) | frozenset(
    f"{name}.{service}.mil"
    for service, names in {
        "af": """
        acc adls aetc afcent afdw afgsc afhsc afit aflcmc afmc afosi afpc afrc afrl afsc afsoc afspc altus amc andrews
        ang arnold aviano barksdale beale bolling buckley cannon charleston columbus davis dm dover dyess edwards
        eglin eielson ellsworth elmendorf fairchild goodfellow grandforks gunter hanscom hickam hill holloman hq
        hurlburt incirlik jbsa kadena keesler kirtland kunsan lackland lajes lakenheath langley laughlin littlerock
        losangeles luke macdill malmstrom maxwell mcchord mcconnell mcguire mildenhall minot misawa moody mountainhome
        my nellis offutt osan pacaf patrick peterson pope ramstein randolph robins schriever scott seymourjohnson shaw
        shepherd sheppard spangdahlem tinker travis tyndall us usafa usafe vance vandenberg warren whiteman wpafb
        yokota
        """,
        "army": """
        aberdeen afc ako amc amedd apg arcent arl arnorth atec belvoir benning bliss bragg campbell carson cecom
        detrick dix drum erdc eur eustis forscom gordon hood hqda hrc huachuca humphreys imcom inscom irwin jackson
        japan knox korea learn leavenworth lee leonardwood lewis mccoy meade medcom monroe myer natick ncoes nec
        netcom ngb ocar pica polk psns redstone ria riley rucker sam schofield sddc shafter sill smdc stewart
        stuttgart swa tacom tradoc us usaac usaasc usacc usace usafmcom usarc usarpac usma usmepcom vicenza wainwright
        walterreed westpoint white-sands wiesbaden wood wsmr yuma
        """,
        "navy": """
        bumed bupers c6f c7f cnatra cnet cnic cnrc fairfield fnmoc jag mar med msc navair navcent naveur navfac navmed
        navsea navsup navwar ncis nctamslant netc nmci nps nrl nsma nwc nwdc onr portal portsmouth secnav spawar ssp
        surfor usff usnwc
        """,
        "disa": "csd ncr",
        "pentagon": "army hqda navy",
        "usmc": "hqmc mceast mcieast mciwest marforcom marforpac mcieast mcrc quantico tecom",
    }.items()
    for name in names.split()
)
"""Services, commands and bases that have most of their mailboxes in domains below theirs (public knowledge)."""


@cache
def _index() -> Nearby:
    index = Nearby()
    for name in sorted(WELL_KNOWN):
        index.add(name)
    return index


@lru_cache(maxsize=8_192)
def near_well_known(name: str) -> tuple[str, ...]:
    """Well-known domains within two edits of ``name``, nearest first."""
    return tuple(other for other, _ in _index().near(name))
