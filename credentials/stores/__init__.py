"""Where credentials lie; one file each, all behind one small protocol."""
