"""Many pictures given together: from the files of a request, or a zip, to a result for each."""
