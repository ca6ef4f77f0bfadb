// Hides from the explorer.
__attribute__((no_sanitize("thread"))) inline void hidden() {}
