"""Sending to recipients: mail, requests of the web, text over TCP. A queue for each, so that one that hangs delays nobody else."""
