"""The shop window: a sample tenant whose tickets come in through the real webhook, and a page that frames the panel."""
