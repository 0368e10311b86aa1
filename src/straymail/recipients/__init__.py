"""Who: is each recipient the one who was meant? Detectors that see, without weighing.

The model in prose. What is typed is a noisy version of who was meant. For each recipient the detectors gather signals;
``verdict.combine`` adds them up as log-odds. In this order, cheapest and most telling first:

1. **standing**: what people settled (confirmed, corrected, directory) and what mail has shown: the address *answered*,
   was merely *known*, took part in the *thread*, or is a *newcomer*. Repetition without an answer is no proof.
2. **typo.domain, typo.tld**: how well the domain is explained as a slip for one that is written to or well known; far
   more so when the very same mailbox is known there. A domain that has answered is suspected only beside one that looks
   the same, has several times as much mail, and has that mailbox.
3. **typo.mailbox**: the same within a domain, for addresses that have never written.
4. **rival**: how well the recipient fits this message, beside contacts who look like him (same name, same first
   letters: wrong autocompletion): closeness, conversation, who wrote the message that is answered, quoted text, names
   in the text, greeting, who stands beside whom, and what the messages most like this one were about.
5. **greeting**: "Hi Bob" to the only recipient, who is called Bob, speaks for him. To recipients all of whom are known
   by other first names it speaks against them, more so where another contact is called Bob. Of ``jsmith`` it says
   nothing.
6. **group**: one stands beside recipients it never stood beside; one outsider among insiders.
7. **file.client**: a file named after another correspondent.
8. **former**: whoever wrote from there has moved, and writes from another firm's address since.
9. **jurisdiction**: raises the cost, hardly the probability.

No signal of 5 to 7 makes a question of itself about somebody who answers the sender: it has to come on top of others,
such as that whoever is greeted may be taken for the recipient (``greeting.namesake``).

The addresses of one person count as one (``correspondence.aliases``): an alias is no newcomer and no rival. An address
that has written to the sender, and was written to, is settled: the searches of 2 and 3 are skipped. One that only wrote
(a squatter's reply by machine) is compared with the same mailbox elsewhere; mail by machine teaches nothing.

Whom it gets wrong: the wrong one of two people the sender writes to equally often, when neither greeting, thread nor
topic tells; the usual contact in the place of another one who does not look like him, though the greeting or a file
names that other one; one outsider added to an answer among insiders; a first contact whose address looks like a known
one by nature (``j.smith`` and ``a.smith``); mailing lists, which never answer; people addressed under a name the
address does not show; slips for somebody who was written to and never answered; organisations without any history, for
which only the well-known domains speak; short new messages, which are about nothing that could be compared.
"""

from __future__ import annotations

from collections.abc import Iterable

from straymail.evidence import Signal
from straymail.message import Address
from straymail.recipients import domains, files, former, greeting, group, jurisdiction, mailboxes, rivals, standing
from straymail.recipients.context import Context

__all__ = ["Context", "observe"]

_SEARCHES = (domains, mailboxes)
_ALWAYS = (greeting, group, files)


def _slip_for_somebody(context: Context, signals: Iterable[Signal]) -> bool:
    """Whether an address is a clear slip, or one for somebody who writes."""
    meant = [candidate.address.person for signal in signals for candidate in signal.meant[:1]]
    clear = any(signal.id == "typo.clear" for signal in signals)
    return clear or any(not context.silent(each) and context.history.person(each) is not None for each in meant)


def observe(context: Context, address: Address) -> tuple[Signal, ...]:
    """Every signal about one recipient; pure, never raises for a well-formed address."""
    found = list(standing.observe(context, address))
    ids = {signal.id for signal in found}
    if "confirmed" not in ids and not ("answered" in ids and context.history.answers(address.person)):
        searched = [signal for detector in _SEARCHES for signal in detector.observe(context, address)]
        if searched and context.silent(address.person) and _slip_for_somebody(context, searched):
            context.doubt(address.person)
            found = list(standing.observe(context, address))
        found += searched
        found.extend(jurisdiction.observe(context, address))
    slips = [candidate for signal in found if signal.id.startswith("typo.") for candidate in signal.meant]
    found.extend(rivals.observe(context, address, slips))
    if "answered" in ids and "confirmed" not in ids:
        found.extend(former.observe(context, address))
    if context.message is not None:
        for detector in _ALWAYS:
            found.extend(detector.observe(context, address))
    return tuple(found)
