"""What comes in from customers: mails, text messages, and the files that come with them.

A message of any kind of brokenness becomes an `IncomingMessage`; nothing here raises over what a
mail holds, believes what it says, or follows a link in it. What it asserts is read elsewhere. Used
by tools/ (what is stored) and batch/ (where it comes from).
"""
