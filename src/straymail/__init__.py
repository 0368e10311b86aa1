"""Straymail stops misdirected e-mail: it asks "is this who you meant?" before a message leaves.

The tree shows the way of a message, lowest layer first:

    message         addresses, envelope, MIME parts
    evidence        the vocabulary every layer shares
    correspondence  the learned history of who writes to whom
    recipients      detectors: is this recipient who was meant?
    content         detectors: what does the message hold?
    verdict         weights + evidence + policy -> action
    config          straymail.toml, typed
    record          the database: history, custody, decision log
    extract         text out of attachments, in a limited worker process
    guard           the pipeline, one page
    desk            held messages: ask, correct, release, expire
    gateway, audit  the doors: mail as it leaves; mail of long ago
    cli             the command line

Imports point only downwards, and from ``verdict`` down nothing does I/O.
"""

__version__ = "0.1.0"
