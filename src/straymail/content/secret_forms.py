"""Tokens and keys whose form alone gives them away, by who issues them.

Each form begins with letters its issuer chose so that scanners find it, or has a checkable structure. Sources: the
issuers' own documentation.
"""

from __future__ import annotations

TOKENS = {
    "1Password": r"\bops_eyJ[A-Za-z0-9+/=_\-]{80,1000}",
    "Adafruit": r"\baio_[A-Za-z0-9]{28}\b",
    "Adobe": r"\bp8e-[A-Za-z0-9_\-]{32}\b",
    "age": r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
    "Anthropic": r"\bsk-ant-[a-z0-9]{3,8}-[A-Za-z0-9_\-]{20,120}",
    "Artifactory": r"\bAKC[a-zA-Z0-9]{30,80}\b",
    "Atlassian": r"\bATATT3[A-Za-z0-9_\-=]{60,220}",
    "AWS": r"\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}\b",
    "AWS AppSync": r"\bda2-[a-z0-9]{26}\b",
    "AWS MWS": r"\bamzn\.mws\.[0-9a-f]{8}-[0-9a-f\-]{27}\b",
    "AWS session": r"\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=]{60,1000}",
    "Azure storage": r"(?i)\b(?:AccountKey|SharedAccessKey|SharedSecret|Secret)=[A-Za-z0-9+/]{40,90}={0,2}",
    "Azure signature": r"[?&]sv=[0-9\-]{10}&[^\s\"'<>]{0,200}?sig=[A-Za-z0-9%+/=]{20,120}",
    "Azure application": r"\b[A-Za-z0-9_~.\-]{3}[78]Q~[A-Za-z0-9_~.\-]{31,34}",
    "Azure DevOps": r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b",
    "Bitbucket": r"\bATBB[A-Za-z0-9]{24,40}\b",
    "Databricks": r"\bdapi[0-9a-f]{32}(?:-\d)?\b",
    "Dependency-Track": r"\bodt_[A-Za-z0-9_]{32,50}\b",
    "DigitalOcean": r"\bdo[oprt]_v1_[0-9a-f]{64}\b",
    "Docker Hub": r"\bdckr_(?:pat|oat)_[A-Za-z0-9_\-]{27,40}",
    "Doppler": r"\bdp\.(?:ct|pt|st|sa|scim|audit)\.[A-Za-z0-9._\-]{40,60}",
    "Dropbox": r"\bsl\.[A-Za-z0-9_\-]{100,180}",
    "Dynatrace": r"\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b",
    "Facebook": r"\bEAA[A-Za-z0-9]{60,250}\b",
    "Figma": r"\bfig[dr]_[A-Za-z0-9_\-]{40,50}",
    "Firecrawl": r"\bfc-[0-9a-f]{32}\b",
    "GitHub": r"\b(?:gh[opusr]_[A-Za-z0-9_]{36,251}|github_pat_[A-Za-z0-9_]{60,90})\b",
    "GitLab": r"\b(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_\-]{20,60}|GR1348941[A-Za-z0-9_\-]{20})",
    "Google": r"\b(?:AIza[A-Za-z0-9_\-]{35}|ya29\.[A-Za-z0-9_\-]{20,200}|GOCSPX-[A-Za-z0-9_\-]{28})",
    "Grafana": r"\b(?:glc_[A-Za-z0-9+/=]{50,200}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|eyJrIjoi[A-Za-z0-9+/=]{60,120})",
    "Groq": r"\bgsk_[A-Za-z0-9]{48,60}\b",
    "HashiCorp Vault":
    r"\b(?:hv[sbr]\.[A-Za-z0-9_\-]{20,300}|[sbr]\.[A-Za-z0-9]{24}\b|[br]\.AAAAA[A-Za-z0-9_\-=]{60,300})",
    "Hugging Face": r"\bhf_[A-Za-z0-9]{34,40}\b",
    "Jina": r"\bjina_[0-9a-f]{32}[A-Za-z0-9_\-]{20,40}",
    "JSON web token": r"\beyJ[A-Za-z0-9_\-]{10,600}\.eyJ[A-Za-z0-9_\-]{10,900}\.[A-Za-z0-9_\-]{10,800}",
    "Linear": r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,64}\b",
    "Mailchimp": r"\b[0-9a-f]{32}-us\d{1,2}\b",
    "Mailgun": r"\bkey-[0-9a-z]{32}\b",
    "Mapbox": r"\b[st]k\.eyJ[A-Za-z0-9_\-]{40,250}\.[A-Za-z0-9_\-]{20,40}",
    "Microsoft Teams":
    r"https://[a-z0-9.\-]{0,60}(?:webhook|outlook)\.office\.com/webhook[A-Za-z0-9]{0,3}/[A-Za-z0-9@\-]{36,100}"
    r"/IncomingWebhook/[A-Za-z0-9\-/]{30,90}",
    "Netlify": r"\bnf[pcou]_[A-Za-z0-9]{36,40}\b",
    "New Relic": r"\b(?:NRAK-[A-Z0-9]{27}|NRA[AL]-[0-9a-f]{32,42}|NRI[IQ]-[A-Za-z0-9_\-]{32}|NRRA-[0-9a-f]{42}"
    r"|[a-z0-9]{36,40}NRAL|px-(?:api|dep)-[0-9a-f\-]{36})",
    "npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "NuGet": r"\boy2[a-z0-9]{43}\b",
    "OpenAI": r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{20,74}T3BlbkFJ[A-Za-z0-9_\-]{20,74}",
    "OpenAI, older": r"\bsk-[A-Za-z0-9]{48}\b",
    "Postman": r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",
    "PyPI": r"\bpypi-AgE[A-Za-z0-9_\-]{50,250}",
    "RubyGems": r"\brubygems_[0-9a-f]{48}\b",
    "Salesforce": r"\b00[A-Za-z0-9]{13}![A-Za-z0-9._]{90,120}",
    "SendGrid": r"\bSG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{16,64}",
    "Sendinblue": r"\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}\b",
    "Sentry": r"\bsntry[su]_[A-Za-z0-9+/=_]{40,250}",
    "Shopify": r"\bshp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}\b",
    "Slack": r"\bxox[abcdeoprsx]-[A-Za-z0-9\-]{10,120}|\bxapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{40,90}"
    r"|https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,100}",
    "TrueNAS": r"\"(?:\d{1,3})-[A-Za-z0-9]{64}\"",
    "Sonar": r"\bsq[apu]_[0-9a-f]{40}\b",
    "Sourcegraph": r"\bsg[pd]_(?:[a-z0-9\-]{1,40}_)?[0-9a-f]{40}\b",
    "Square": r"\b(?:EAAA[A-Za-z0-9_\-]{60}|sq0(?:atp|csp)-[A-Za-z0-9_\-]{22,43})",
    "StackHawk": r"\bhawk\.[A-Za-z0-9_\-]{20}\.[A-Za-z0-9_\-]{20}\b",
    "Stripe": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,110}\b",
    "Stripe webhook": r"\bwhsec_[A-Za-z0-9+/=]{24,90}",
    "Telegram": r"\b\d{8,10}:AA[A-Za-z0-9_\-]{32,33}\b",
    "Terraform": r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9\-_=]{60,70}",
    "Twilio": r"\bSK[0-9a-f]{32}\b",
    "Twitch": r"\boauth:[a-z0-9]{30}\b",
    "WireGuard": r"(?i)\b(?:PrivateKey|PresharedKey) ?= ?[A-Za-z0-9+/]{43}=",
    "Airtable": r"\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b",
    "Contentful": r"\bCFPAT-[A-Za-z0-9_\-]{43}",
    "Discord webhook":
    r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{17,20}/[A-Za-z0-9_\-]{60,80}",
    "Discord": r"\b[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40}",
    "EasyPost": r"\bEZ[AT]K[A-Za-z0-9]{54}\b",
    "Flutterwave": r"\bFLWSECK(?:_TEST)?-[A-Za-z0-9\-]{12,60}",
    "Fly.io": r"\b(?:fo1_[A-Za-z0-9_\-]{43}|fm[12][ar]?_[A-Za-z0-9+/=]{80,400})",
    "Kubernetes": r"(?i)\b(?:token|join)[^\n]{0,60}?\b([a-z0-9]{6}\.[a-z0-9]{16})\b",
    "Notion": r"\b(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{46})\b",
    "Okta": r"(?i)\bSSWS\s{1,3}[A-Za-z0-9_\-]{20,60}|\b00[A-Za-z0-9_\-]{39,40}[^A-Za-z0-9_\-]",
    "Perplexity": r"\bpplx-[A-Za-z0-9]{48}\b",
    "PlanetScale": r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=\-.]{32,64}",
    "Pulumi": r"\bpul-[0-9a-f]{40}\b",
    "Replicate": r"\br8_[A-Za-z0-9]{37}\b",
    "Shippo": r"\bshippo_(?:live|test)_[0-9a-f]{40}\b",
    "Supabase": r"\bsb[ps]_[0-9a-f]{40}\b",
    "Tailscale": r"\btskey-[a-z]{2,10}-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}",
    "Tavily": r"\btvly-[A-Za-z0-9\-]{30,60}",
    "Typeform": r"\btfp_[A-Za-z0-9_.=\-]{59}",
    "xAI": r"\bxai-[A-Za-z0-9]{70,90}\b",
    "Zuplo": r"\bzpka_[a-z0-9]{32}_[a-z0-9]{8}\b",
    "YouTube, Yandex": r"\by0_[A-Za-z0-9_\-]{50,70}",
}  # fmt: skip

# Forms without a mark that is rare in other texts: they are followed to their end.
PLAIN = (
    "Airtable",
    "Artifactory",
    "AWS",
    "Discord",
    "Facebook",
    "HashiCorp Vault",
    "Kubernetes",
    "Mailchimp",
    "Okta",
    "Telegram",
    "TrueNAS",
    "Twilio",
)

KEYS = (
    r"-----BEGIN (?:[A-Z0-9]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    r"PuTTY-User-Key-File-[23]:",
    r"\bLS0tLS1CRUdJTi[A-Za-z0-9+/]{20}",
    r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
)

HASHES = (
    r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}",
    r"\$(?:1|5|6|y|apr1|argon2(?:id|i|d))\$[^\s$:\"']{1,60}\$(?:[^\s$:\"']{1,80}\$)?[./A-Za-z0-9+]{20,90}",
    r"\$[89]\$[./A-Za-z0-9]{14}\$[./A-Za-z0-9]{43}",
    r"\$krb5(?:asrep|tgs)\$[0-9]{2}\$[^\s]{20,80}",
    r"(?m)^[\w.\-]{1,32}:(?:[0-9]{1,6}:)?[a-fA-F0-9]{32}:[a-fA-F0-9]{32}:::",
    r"(?m)^[\w.\-]{1,32}:\{SHA\}[A-Za-z0-9+/]{27}=",
    r"(?m)^[\w.\-]{2,32}:[./A-Za-z0-9]{13}(?::|\s*$)",
)

# Of some, the part that is cheapest to look for.
HINTS = {
    TOKENS["Discord"]: r"\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{16}",
    TOKENS["Salesforce"]: r"[A-Za-z0-9]{13}![A-Za-z0-9._]{16}",
    TOKENS["TrueNAS"]: r"\"[0-9]+-[A-Za-z0-9]{16}",
    HASHES[-1]: r"(?m):[./A-Za-z0-9]{13}(?::|\s*$)",
}
