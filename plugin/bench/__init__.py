"""The project's own benchmarks. Every figure is paired with a baseline measured in the same run: quote the ratios."""
