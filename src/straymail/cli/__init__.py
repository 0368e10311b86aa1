"""The command line: thin commands that load the settings, call the layers below, and print.

    main      the list of commands; each is loaded only when it is used
    common    options, output and errors shared by all commands
    one file a command

Exit codes: 0 done (``check``: pass) · 1 failed · 2 wrong usage · 3 bad input · 10 ``check`` would ask, hold or refuse.
Answers go to standard output, everything else to standard error; every command that answers has ``--json``.
"""
