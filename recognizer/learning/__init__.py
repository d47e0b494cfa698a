"""The way back from a correction to a model: review, statistics, exports, trainings, promotion."""
