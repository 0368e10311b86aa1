"""Countries and groups of them, as markings write them: trigraphs, tetragraphs, names.

A group's members are countries (ISO 3166-1 alpha-2) and, where the group has mail of its own, that organisation: NATO,
EU. Groups that are no more have the members of their largest time.
"""

from __future__ import annotations

import re2

_ALPHA_3_2 = """
    ABW AW  AFG AF  AGO AO  AIA AI  ALA AX  ALB AL  AND AD  ARE AE  ARG AR  ARM AM  ASM AS  ATA AQ  ATF TF  ATG AG
    AUS AU  AUT AT  AZE AZ  BDI BI  BEL BE  BEN BJ  BES BQ  BFA BF  BGD BD  BGR BG  BHR BH  BHS BS  BIH BA  BLM BL
    BLR BY  BLZ BZ  BMU BM  BOL BO  BRA BR  BRB BB  BRN BN  BTN BT  BVT BV  BWA BW  CAF CF  CAN CA  CCK CC  CHE CH
    CHL CL  CHN CN  CIV CI  CMR CM  COD CD  COG CG  COK CK  COL CO  COM KM  CPV CV  CRI CR  CUB CU  CUW CW  CXR CX
    CYM KY  CYP CY  CZE CZ  DEU DE  DJI DJ  DMA DM  DNK DK  DOM DO  DZA DZ  ECU EC  EGY EG  ERI ER  ESH EH  ESP ES
    EST EE  ETH ET  FIN FI  FJI FJ  FLK FK  FRA FR  FRO FO  FSM FM  GAB GA  GBR GB  GEO GE  GGY GG  GHA GH  GIB GI
    GIN GN  GLP GP  GMB GM  GNB GW  GNQ GQ  GRC GR  GRD GD  GRL GL  GTM GT  GUF GF  GUM GU  GUY GY  HKG HK  HMD HM
    HND HN  HRV HR  HTI HT  HUN HU  IDN ID  IMN IM  IND IN  IOT IO  IRL IE  IRN IR  IRQ IQ  ISL IS  ISR IL  ITA IT
    JAM JM  JEY JE  JOR JO  JPN JP  KAZ KZ  KEN KE  KGZ KG  KHM KH  KIR KI  KNA KN  KOR KR  KWT KW  LAO LA  LBN LB
    LBR LR  LBY LY  LCA LC  LIE LI  LKA LK  LSO LS  LTU LT  LUX LU  LVA LV  MAC MO  MAF MF  MAR MA  MCO MC  MDA MD
    MDG MG  MDV MV  MEX MX  MHL MH  MKD MK  MLI ML  MLT MT  MMR MM  MNE ME  MNG MN  MNP MP  MOZ MZ  MRT MR  MSR MS
    MTQ MQ  MUS MU  MWI MW  MYS MY  MYT YT  NAM NA  NCL NC  NER NE  NFK NF  NGA NG  NIC NI  NIU NU  NLD NL  NOR NO
    NPL NP  NRU NR  NZL NZ  OMN OM  PAK PK  PAN PA  PCN PN  PER PE  PHL PH  PLW PW  PNG PG  POL PL  PRI PR  PRK KP
    PRT PT  PRY PY  PSE PS  PYF PF  QAT QA  REU RE  ROU RO  RUS RU  RWA RW  SAU SA  SDN SD  SEN SN  SGP SG  SGS GS
    SHN SH  SJM SJ  SLB SB  SLE SL  SLV SV  SMR SM  SOM SO  SPM PM  SRB RS  SSD SS  STP ST  SUR SR  SVK SK  SVN SI
    SWE SE  SWZ SZ  SXM SX  SYC SC  SYR SY  TCA TC  TCD TD  TGO TG  THA TH  TJK TJ  TKL TK  TKM TM  TLS TL  TON TO
    TTO TT  TUN TN  TUR TR  TUV TV  TWN TW  TZA TZ  UGA UG  UKR UA  UMI UM  URY UY  USA US  UZB UZ  VAT VA  VCT VC
    VEN VE  VGB VG  VIR VI  VNM VN  VUT VU  WLF WF  WSM WS  YEM YE  ZAF ZA  ZMB ZM  ZWE ZW
"""
_PAIRED = iter(_ALPHA_3_2.split())
_ALPHA2 = dict(zip(_PAIRED, _PAIRED, strict=True))
_NATO_2024 = "AL BE BG CA CZ DE DK EE ES FI FR GB GR HR HU IS IT LT LU LV ME MK NL NO PL PT RO SE SI SK TR US NATO"
_EU_2020 = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK EU"
_ISAF_2012 = "AE AM AT AU AZ BA BH GE IE JO KR MN MY NZ SG SV TO UA"
_RSMA_2020 = "AM AT AU AZ BA GE MN NZ UA"
NATO, EU = tuple(_NATO_2024.split()), tuple(_EU_2020.split())
_FIVE = ("AU", "CA", "GB", "NZ", "US")
_GROUPS = {
    "FVEY": _FIVE,
    "FIVE": _FIVE,
    "ACGU": ("AU", "CA", "GB", "US"),
    "NATO": NATO,
    "EU": EU,
    "ISAF": (*NATO, *_ISAF_2012.split()),
    "RSMA": (*NATO, *_RSMA_2020.split()),
}
_NAMES = {
    "ALGERIA": "DZ", "ARMENIA": "AM", "AUSTRALIA": "AU", "AUSTRIA": "AT", "AZERBAIJAN": "AZ", "BAHRAIN": "BH",
    "BOSNIA AND HERZEGOVINA": "BA", "BRAZIL": "BR", "CANADA": "CA", "COLOMBIA": "CO", "EGYPT": "EG", "FINLAND": "FI",
    "GEORGIA": "GE", "ICELAND": "IS", "INDIA": "IN", "IRAQ": "IQ", "IRELAND": "IE", "ISRAEL": "IL", "JAPAN": "JP",
    "JORDAN": "JO", "KAZAKHSTAN": "KZ", "KUWAIT": "KW", "MALTA": "MT", "MAURITANIA": "MR", "MOLDOVA": "MD",
    "MONGOLIA": "MN", "MONTENEGRO": "ME", "MOROCCO": "MA", "NEW ZEALAND": "NZ", "NORWAY": "NO", "PAKISTAN": "PK",
    "QATAR": "QA", "REPUBLIC OF KOREA": "KR", "SERBIA": "RS", "SINGAPORE": "SG", "SWEDEN": "SE", "SWITZERLAND": "CH",
    "TUNISIA": "TN", "TURKEY": "TR", "UKRAINE": "UA", "UNITED KINGDOM": "GB", "UNITED STATES": "US",
}  # fmt: skip
_NATIONS = {"AUS": "AU", "CAN": "CA", "NZ": "NZ", "UK": "GB", "US": "US"}
_JOINED = re2.compile(r"(?:(?:AUS|CAN|NZ|UK|US)_?)+")
_NATION = re2.compile(r"AUS|CAN|NZ|UK|US")


def members(code: str) -> tuple[str, ...]:
    """Whom a code (USA, FVEY, CANUKUS) or a name (UKRAINE) stands for; nobody when it is not known here."""
    if code in _GROUPS:
        return _GROUPS[code]
    if country := _ALPHA2.get(code) or _NAMES.get(code):
        return (country,)
    return tuple(_NATIONS[each] for each in _NATION.findall(code)) if _JOINED.fullmatch(code) else ()
