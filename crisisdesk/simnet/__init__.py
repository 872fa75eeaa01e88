"""The simulated networks: small WSGI apps and an SMTP sink that answer as the real services do.

Exercises and tests talk to the same ones. Nothing here opens a socket or starts a thread; each app
guards its state with one lock, because broadcasts arrive from several threads at once.
"""
