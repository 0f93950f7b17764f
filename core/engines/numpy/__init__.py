"""The NumPy engine: training on the processor with NumPy and its BLAS."""
