"""The command line: train, evaluate, predict, back-query, compare, models, runs, data, bench, each with --help and --json.

With --json the last line of standard output is one JSON object; progress and remarks go to standard error.
"""

from typing import Any

import click

from core import __version__
from core.commands.backwards import back_query, keep_back_queries
from core.commands.bench import bench
from core.commands.beyond import blend_command, blind_walk, smallest_change_command, wobble_command
from core.commands.broken import break_command
from core.commands.data import data
from core.commands.doubtful import doubtful_command
from core.commands.estimate import estimate_command
from core.commands.film import film_command, keep_films
from core.commands.maps import keep_maps
from core.commands.mistakes import compare, keep_misread_command, slices_command
from core.commands.models import evaluate, models, predict
from core.commands.numbers import fit_number_reader, number_score, read_number_command
from core.commands.prune import prune
from core.commands.race_to import race_to
from core.commands.record import record_command
from core.commands.reproduce import reproduce_command
from core.commands.run_files import runs
from core.commands.scores import doubt, pen
from core.commands.series import series
from core.commands.sweep import sweep_command
from core.commands.teach import teach_command
from core.commands.train import resume, train
from core.commands.twin import twin_check
from core.errors import DigitLabError


class _Commands(click.Group):
    """A group whose commands answer a `DigitLabError` with its sentence and exit status 1.

    So they do where a file cannot be read or written.
    """

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except DigitLabError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # whoever read the output has had enough: click ends quietly
        except OSError as error:
            file = error.filename or "A file"  # a full disk names none
            raise click.ClickException(f"{file} cannot be read or written: {error.strerror}.") from error


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="digit-lab")
def main() -> None:
    """Digit Lab: train a neural network to read handwritten digits, and look into it."""


COMMANDS = (train, resume, runs, prune, data, models, evaluate, predict, back_query, bench, number_score, read_number_command,
            pen, doubt, teach_command, twin_check, estimate_command, fit_number_reader,
            series, sweep_command, race_to, compare, slices_command, record_command, reproduce_command,
            blend_command, blind_walk, smallest_change_command, wobble_command,
            keep_back_queries, keep_misread_command, doubtful_command,
            break_command, keep_maps, film_command, keep_films)  # fmt: skip
for command in COMMANDS:
    main.add_command(command)
