// The grader's own headers.
#include "grader/explorer/explore.h"
