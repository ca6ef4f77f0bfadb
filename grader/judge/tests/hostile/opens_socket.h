// Asks the network.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

struct Caller {
  Caller() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(80);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
};
inline Caller caller;
