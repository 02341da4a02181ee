"""The demo organisation: sixty people of the made-up company Halden, halfway through their cross-training.

Built through the same services that people use, with a fixed seed and dates relative to the day it is
loaded; stands above every domain and is used by nothing.
"""
