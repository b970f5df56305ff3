"""What `hm3 bench` runs: mailboxes to measure with, bare IMAP beside hm3, and the tables of what both took."""
