"""The room of the cheapest repair: what to change so that a promise is supported.

A move is one change with its cost; a trial lets the engine judge moves on the part of the estate that is concerned; the
search puts moves together; nothing is proposed that the engine did not accept on the whole estate.
"""
