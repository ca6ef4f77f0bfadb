// Talks to the test framework itself.
namespace doctest {
int anything();
}
