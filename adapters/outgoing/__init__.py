"""Ways a permitted message leaves: SMTP, text messages, letters to print, the portal.

Nothing here decides whether a message may leave, and nothing here is in a model's reach. What comes
in from customers belongs in `adapters/inbound_mail`. Used by graph/ (wiring) and batch/.
"""
