/* A server that answers and does not hang up, and a client that reads to the end. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int server;

static void* serve(void* unused) {
  char buffer[64];
  const int client = accept(server, NULL, NULL);
  const ssize_t got = read(client, buffer, sizeof buffer);
  if (got > 0) send(client, buffer, (size_t)got, 0);
#ifdef HANGS_UP
  close(client);
#endif
  return unused;
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(server, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  if (listen(server, 1) != 0) return 1;
  pthread_t thread;
  pthread_create(&thread, NULL, serve, NULL);

  const int client = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  send(client, "hello", 5, 0);
  char byte;
  while (read(client, &byte, 1) == 1) putchar(byte);
  pthread_join(thread, NULL);
  close(client);
  close(server);
  return 0;
}
