"""A run's figures as a table for a spreadsheet: a row for each event that has some, as CSV."""

import csv
import io

from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event

COLUMNS = ("event", "step", "epoch", "seconds", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
           "learning_rate", "samples_per_second")  # fmt: skip


def to_csv(events: list[Event]) -> str:
    """The figures of batches, epochs and changes, in full precision; what a row does not have stays empty."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for event in events:
        match event:
            case BatchEvent():
                figures = [event.loss, event.accuracy, None, None, event.learning_rate, event.samples_per_second]
                table.writerow(["batch", event.step, event.epoch, event.seconds, *figures])
            case EpochEvent():
                figures = [event.train_loss, event.train_accuracy, event.validation_loss, event.validation_accuracy]
                table.writerow(["epoch", event.step, event.epoch, event.seconds, *figures, None, None])
            case ChangeEvent(field="learning_rate"):
                table.writerow(["change", event.step, None, event.seconds, None, None, None, None, event.value, None])
    return text.getvalue()
