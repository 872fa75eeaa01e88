/* Put before libc by LD_PRELOAD: keeps a ledger of everything that is done to the files below one
 * folder, and lets the n-th call fail as a full or broken disk does.
 *
 * The ledger has one record for each act, in the order in which they happened:
 *   kind (1 byte), inode (8), offset or size (8), length of name (4), length of data (4), name, data
 * Kinds: C created, W written, T cut to a size, S synced, D folder synced, R renamed (the data is
 * the new name), U removed, M a mark of the test's own. Shared-memory files ("-shm") are not kept.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))
#define FAIL(kind) do { if (fails(kind)) { pthread_mutex_unlock(&lock); errno = error; return -1; } } while (0)

enum { WRITES = 1, SYNCS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int ledger = -1;
static long calls, first_bad, last_bad;
static int error, kinds;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* The test's side, called through ctypes. */

void rig_watch(const char *watched, const char *ledger_file) {
  ledger = *ledger_file ? REAL(open)(ledger_file, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  strncpy(folder, watched, sizeof folder - 1);
  folder_length = strlen(folder);
}

/* From now on, of the calls of these kinds, those numbered first to last (from 1) fail. */
void rig_fail(long first, long last, int number, int of_kinds) {
  pthread_mutex_lock(&lock);
  calls = 0, first_bad = first, last_bad = last, error = number, kinds = of_kinds;
  pthread_mutex_unlock(&lock);
}

long rig_calls(void) { return calls; }

/* Reading names */

static int within(const char *path) {
  return folder_length && !strncmp(path, folder, folder_length) &&
         (path[folder_length] == '/' || !path[folder_length]);
}

static int name_of(int fd, char *path) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
  return length > 0 && within(path);
}

static int shared_memory(const char *path) {
  size_t length = strlen(path);
  return length > 4 && !strcmp(path + length - 4, "-shm");
}

/* The ledger */

static void note(char kind, uint64_t inode, int64_t number, const char *name, const void *data,
                 size_t length) {
  if (ledger < 0 || shared_memory(name)) return;
  char head[25];
  uint32_t name_length = strlen(name), data_length = length;
  head[0] = kind;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &number, 8);
  memcpy(head + 17, &name_length, 4);
  memcpy(head + 21, &data_length, 4);
  struct iovec parts[] = {{head, sizeof head}, {(void *)name, name_length}, {(void *)data, length}};
  if (writev(ledger, parts, 3) < 0) _exit(99);
}

void rig_mark(const char *words) {
  pthread_mutex_lock(&lock);
  note('M', 0, 0, "", words, strlen(words));
  pthread_mutex_unlock(&lock);
}

static uint64_t inode_of(int fd) {
  struct stat found;
  return fstat(fd, &found) ? 0 : found.st_ino;
}

static int fails(int kind) {
  if (!first_bad || !(kinds & kind)) return 0;
  calls++;
  return calls >= first_bad && calls <= last_bad;
}

/* What libc is asked for */

static int opened(int (*open_it)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (!(flags & (O_CREAT | O_TRUNC)) || !folder_length || !within(path))
    return open_it(path, flags, mode);
  pthread_mutex_lock(&lock);
  int is_new = access(path, F_OK);
  if (is_new || flags & O_TRUNC) FAIL(WRITES);
  int fd = open_it(path, flags, mode);
  if (fd >= 0 && is_new) note('C', inode_of(fd), 0, path, "", 0);
  if (fd >= 0 && !is_new && flags & O_TRUNC) note('T', inode_of(fd), 0, path, "", 0);
  pthread_mutex_unlock(&lock);
  return fd;
}

#define OPEN(name)                                                     \
  int name(const char *path, int flags, ...) {                         \
    va_list more;                                                      \
    va_start(more, flags);                                             \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                                      \
    return opened((int (*)(const char *, int, ...))real(#name), path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

static ssize_t written(int fd, const void *data, size_t length, off_t place, int at_place) {
  char path[PATH_MAX];
  ssize_t done;
  if (!folder_length || !name_of(fd, path))
    return at_place ? REAL(pwrite64)(fd, data, length, place) : REAL(write)(fd, data, length);
  pthread_mutex_lock(&lock);
  FAIL(WRITES);
  if (at_place) {
    done = REAL(pwrite64)(fd, data, length, place);
  } else {
    done = REAL(write)(fd, data, length);
    place = lseek(fd, 0, SEEK_CUR) - done;
  }
  if (done > 0) note('W', inode_of(fd), place, path, data, done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t place) {
  return written(fd, data, length, place, 1);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t place) {
  return written(fd, data, length, place, 1);
}

static int cut(int fd, off_t size) {
  char path[PATH_MAX];
  if (!folder_length || !name_of(fd, path)) return REAL(ftruncate64)(fd, size);
  pthread_mutex_lock(&lock);
  FAIL(WRITES);
  int result = REAL(ftruncate64)(fd, size);
  if (!result) note('T', inode_of(fd), size, path, "", 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int cut_named(const char *path, off_t size) {
  int fd = open(path, O_WRONLY);
  if (fd < 0) return -1;
  int result = cut(fd, size), number = errno;
  close(fd);
  errno = number;
  return result;
}

int truncate(const char *path, off_t size) { return cut_named(path, size); }
int truncate64(const char *path, off64_t size) { return cut_named(path, size); }

static int synced(int (*sync_it)(int), int fd) {
  char path[PATH_MAX];
  struct stat found;
  if (!folder_length || !name_of(fd, path)) return sync_it(fd);
  pthread_mutex_lock(&lock);
  FAIL(SYNCS);
  int result = sync_it(fd);
  if (!result && !fstat(fd, &found))
    note(S_ISDIR(found.st_mode) ? 'D' : 'S', found.st_ino, 0, path, "", 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return synced(REAL(fsync), fd); }
int fdatasync(int fd) { return synced(REAL(fdatasync), fd); }

int rename(const char *old, const char *new) {
  struct stat found;
  if (!within(old)) return REAL(rename)(old, new);
  pthread_mutex_lock(&lock);
  FAIL(WRITES);
  int known = !stat(old, &found), result = REAL(rename)(old, new);
  if (!result && known) note('R', found.st_ino, 0, old, new, strlen(new));
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) {
  if (!within(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int result = REAL(unlink)(path);
  if (!result) note('U', 0, 0, path, "", 0);
  pthread_mutex_unlock(&lock);
  return result;
}
