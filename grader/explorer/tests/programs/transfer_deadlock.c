/* Two transfers lock two accounts in opposite orders. */
#include <pthread.h>
#include <stdio.h>

struct account {
  pthread_mutex_t lock;
  int balance;
};

static struct account savings = {PTHREAD_MUTEX_INITIALIZER, 100};
static struct account wallet = {PTHREAD_MUTEX_INITIALIZER, 20};

static void transfer(struct account* from, struct account* to, int amount) {
  pthread_mutex_lock(&from->lock);
  pthread_mutex_lock(&to->lock);
  from->balance -= amount;
  to->balance += amount;
  pthread_mutex_unlock(&to->lock);
  pthread_mutex_unlock(&from->lock);
}

static void* spend(void* unused) {
  transfer(&wallet, &savings, 5);
  return unused;
}

int main(void) {
  pthread_t spender;
  pthread_create(&spender, NULL, spend, NULL);
  transfer(&savings, &wallet, 10);
  pthread_join(spender, NULL);
  printf("savings %d, wallet %d\n", savings.balance, wallet.balance);
  return 0;
}
