"""Secrets in a corpus: one token or assignment each (noseyparker's examples), and whole files (leaky-repo).

Kinds that name something but open nothing (account and client ids, buckets, domains, user names, public keys) are left
out. A near miss is an example a rule for generic passwords and keys must not match, or a file without risk; examples
that are merely not of the one kind they stand under (a Slack token that is not a *bot's*) prove nothing and are left
out too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from straymail.audit.samples import Sample

_OPEN_NOTHING = (
    "AWS Account ID", "AWS S3 Bucket", "Amazon Resource Name", "Google Cloud Storage Bucket", "Shopify Domain",
    "React App Username", "LinkedIn Client ID", "Google Client ID", "GitHub Client ID", "CodeClimate Reporter ID",
    "Age Recipient (X25519 public key)", "Segment Public API Token", "Twitter Client ID", "Facebook App ID",
    "Mapbox Public Access Token",
)  # fmt: skip
_PREFIX = ("secret.",)


def samples(folder: Path) -> Iterator[Sample]:
    """Examples of tokens by kind, then files."""
    base = folder / "secrets"
    for number, line in enumerate((base / "token_examples.jsonl").read_text("utf-8").splitlines()):
        example = json.loads(line)
        kind, text = example["kind"], example["text"] + "\n"
        if kind in _OPEN_NOTHING:
            continue
        if example["label"] == "secret":
            yield Sample(f"{kind} {number}", kind, "tokens", text, wanted=_PREFIX)
        elif kind.startswith("Generic"):
            yield Sample(f"{kind} {number}", kind, "tokens", text, unwanted=_PREFIX)
    yield from _files(base / "leaky_repo")


def _files(repo: Path) -> Iterator[Sample]:
    for line in (repo / ".leaky-meta/secrets.csv").read_text("utf-8").splitlines():
        name, _, counts = line.partition(",")
        file = repo / name
        if line.startswith("#") or not counts or not file.is_file():
            continue
        risky = int(counts.partition(",")[0]) > 0
        text = file.read_bytes().decode("utf-8", "replace") + "\n"
        yield Sample(name, name, "files", text, wanted=_PREFIX if risky else (), unwanted=() if risky else _PREFIX)
