"""The shell every page stands in: layouts, components, errors, headers, forms."""
