"""Why a network answers as it does, and what it sees when it is run backwards."""
