"""The Taichi engine: training on the processor or a graphics card, in kernels compiled on the spot."""
