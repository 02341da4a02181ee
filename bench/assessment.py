"""Measure the assessment engine: question formats, then quiz statistics. Run by `make bench-assessment`."""

from bench import assessment_formats, assessment_statistics


def main() -> None:
    """Print the figures of both parts."""
    assessment_formats.main()
    print()
    assessment_statistics.main()


if __name__ == "__main__":
    main()
