/*
 * Preloaded into a node: while the file REFUSE_WHILE exists, every write, truncation and sync of a file in REFUSE_FOLDER fails
 * with the error number REFUSE_ERROR, as on a disk that became read-only, is full, or broke.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refused(int file) {
  const char *flag = getenv("REFUSE_WHILE"), *folder = getenv("REFUSE_FOLDER");
  if (flag == NULL || folder == NULL || access(flag, F_OK) != 0) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) return 0;
  errno = atoi(getenv("REFUSE_ERROR"));
  return 1;
}

#define REFUSABLE(result, name, parameters, arguments)                \
  result name parameters {                                            \
    if (refused(file)) return -1;                                     \
    return ((result(*) parameters)dlsym(RTLD_NEXT, #name)) arguments; \
  }

REFUSABLE(ssize_t, write, (int file, const void *data, size_t size), (file, data, size))
REFUSABLE(ssize_t, pwrite, (int file, const void *data, size_t size, off_t offset), (file, data, size, offset))
REFUSABLE(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t offset), (file, data, size, offset))
REFUSABLE(int, fsync, (int file), (file))
REFUSABLE(int, fdatasync, (int file), (file))
REFUSABLE(int, ftruncate, (int file, off_t size), (file, size))
REFUSABLE(int, ftruncate64, (int file, off64_t size), (file, size))
