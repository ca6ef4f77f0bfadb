#ifndef WORKER_H_
#define WORKER_H_

void work(int turns);  // counts `turns` turns, under a lock
int done();            // how many were counted

#endif  // WORKER_H_
