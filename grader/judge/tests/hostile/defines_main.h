// Has a main of its own.
int main() { return 0; }
