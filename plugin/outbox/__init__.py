"""Notes to helpdesks about what agents accepted: posted a little after the verdict, once."""
