"""Webhooks in: received, kept, worked on."""
