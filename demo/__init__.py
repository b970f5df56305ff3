"""The demo: a mail server, submission and a believable mailbox, started and stopped as one."""
