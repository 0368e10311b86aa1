"""The doors through which mail passes. Protocol code does no I/O; servers only move bytes.

``outcome`` is the vocabulary between doors and engine; ``milter`` is the wire, ``milter_session`` the
conversation, ``milter_server`` the sockets.
"""
