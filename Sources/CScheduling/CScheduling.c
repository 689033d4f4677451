// Swift packages want a source file in every C target; everything is in the header.
