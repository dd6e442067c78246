/*
 * Preloaded into a node: writes down every write, truncation, removal and sync of a file in RECORD_FOLDER, in order, into
 * RECORD_LOG. A test makes the disk's content at any moment of it, with or without what was not synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_handle = -1;

static void put(const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    long done = syscall(SYS_write, log_handle, at, size);
    if (done <= 0) abort();
    at += done;
    size -= done;
  }
}

/* kind, length of the name, name, offset, length of the data, data; the name of the folder itself is empty */
static void record_path(char kind, const char *path, uint64_t offset, const void *data, uint32_t size) {
  const char *folder = getenv("RECORD_FOLDER");
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
  const char *name = path + strlen(folder);
  if (*name == '/') name++;
  else if (*name != 0) return;
  uint16_t name_length = strlen(name);
  pthread_mutex_lock(&lock);
  if (log_handle < 0)
    log_handle = syscall(SYS_openat, AT_FDCWD, getenv("RECORD_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  put(&kind, 1);
  put(&name_length, 2);
  put(name, name_length);
  put(&offset, 8);
  put(&size, 4);
  if (size > 0) put(data, size);
  pthread_mutex_unlock(&lock);
}

static void record(char kind, int file, uint64_t offset, const void *data, uint32_t size) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  record_path(kind, path, offset, data, size);
}

#define REAL(type, name) static type real; if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*pwrite_t)(int, const void *, size_t, off64_t);
typedef ssize_t (*write_t)(int, const void *, size_t);
typedef int (*sync_t)(int);
typedef int (*truncate_t)(int, off64_t);

static ssize_t recorded_pwrite(const char *name, int file, const void *data, size_t size, off64_t offset) {
  pwrite_t real = (pwrite_t)dlsym(RTLD_NEXT, name);
  ssize_t done = real(file, data, size, offset);
  if (done > 0) record('w', file, offset, data, done);
  return done;
}
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return recorded_pwrite("pwrite", file, data, size, offset); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) { return recorded_pwrite("pwrite64", file, data, size, offset); }

ssize_t write(int file, const void *data, size_t size) {
  REAL(write_t, "write");
  off64_t offset = lseek64(file, 0, SEEK_CUR);
  ssize_t done = real(file, data, size);
  if (done > 0 && offset >= 0) record('w', file, offset, data, done);
  return done;
}

/* Recorded after it is done: what is before it in the log is on the disk. */
int fsync(int file) {
  REAL(sync_t, "fsync");
  int failed = real(file);
  if (!failed) record('s', file, 0, NULL, 0);
  return failed;
}
int fdatasync(int file) {
  REAL(sync_t, "fdatasync");
  int failed = real(file);
  if (!failed) record('s', file, 0, NULL, 0);
  return failed;
}

int ftruncate(int file, off_t size) {
  REAL(truncate_t, "ftruncate");
  int failed = real(file, size);
  if (!failed) record('t', file, size, NULL, 0);
  return failed;
}
int ftruncate64(int file, off64_t size) {
  REAL(truncate_t, "ftruncate64");
  int failed = real(file, size);
  if (!failed) record('t', file, size, NULL, 0);
  return failed;
}

typedef int (*unlink_t)(const char *);
int unlink(const char *path) {
  REAL(unlink_t, "unlink");
  int failed = real(path);
  if (!failed) record_path('u', path, 0, NULL, 0);
  return failed;
}
