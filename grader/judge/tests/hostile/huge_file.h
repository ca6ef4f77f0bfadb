// One file without an end.
#include <fcntl.h>
#include <unistd.h>

#include <vector>

struct Writer {
  Writer() {
    const std::vector<char> block(1 << 20, 'x');
    const int file = open("/tmp/file", O_CREAT | O_WRONLY, 0600);
    for (;;) {
      if (write(file, block.data(), block.size()) < 0) lseek(file, 1L << 40, SEEK_SET);
    }
  }
};
inline Writer writer;
