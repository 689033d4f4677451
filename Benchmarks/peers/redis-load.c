// Drives Redis with the cycle authorize, capture: connections × commands in flight, TLS, one thread, one write for all that a
// read made possible. Written in C on OpenSSL alone, so that it is Redis and not its client that is measured.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { maxInFlight = 4096, latenciesMax = 1 << 25, inboundMax = 1 << 18 };

typedef struct {
  SSL *ssl;
  int file;
  char *out;
  size_t outCount, outSent, outRoom;
  char in[inboundMax];
  size_t inCount;
  // Replies come in order: a ring of what is in flight.
  struct { uint64_t sent, hold; } ring[maxInFlight];
  unsigned head, tail;
} Connection;

static uint64_t accounts = 100000, dice = 0x9E3779B97F4A7C15, nextID;
static uint32_t *latencies;  // units of 100 ns
static uint64_t operations, refused;
static bool counting;

static void fail(const char *what) {
  fprintf(stderr, "redis-load: %s: %s\n", what, errno ? strerror(errno) : "");
  ERR_print_errors_fp(stderr);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t roll(void) {
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return dice;
}

// User and system seconds of a process so far.
static double cpuSeconds(int pid) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t count = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[count] = 0;
  char *rest = strrchr(line, ')');
  unsigned long user = 0, system = 0;
  if (rest) sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void put(Connection *one, const char *text, size_t count) {
  if (one->outCount + count > one->outRoom) {
    one->outRoom = 2 * (one->outCount + count);
    if (!(one->out = realloc(one->out, one->outRoom))) fail("memory");
  }
  memcpy(one->out + one->outCount, text, count);
  one->outCount += count;
}

static void pend(Connection *one, uint64_t hold) {
  one->ring[one->tail % maxInFlight].sent = now();
  one->ring[one->tail % maxInFlight].hold = hold;
  one->tail++;
}

// FCALL authorize 2 a:ACCOUNT r:ID AMOUNT
static void authorize(Connection *one) {
  char account[32], id[32], command[256];
  uint64_t hold = ++nextID;
  int accountCount = snprintf(account, sizeof account, "a:%llu", (unsigned long long)(roll() % accounts));
  int idCount = snprintf(id, sizeof id, "r:%016llx", (unsigned long long)hold);
  int count = snprintf(command, sizeof command,
    "*6\r\n$5\r\nFCALL\r\n$9\r\nauthorize\r\n$1\r\n2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n$7\r\n1500000\r\n",
    accountCount, account, idCount, id);
  put(one, command, (size_t)count);
  pend(one, hold);
}

// FCALL capture 2 r:ID r:HOLD
static void capture(Connection *one, uint64_t hold) {
  char command[256];
  int count = snprintf(command, sizeof command,
    "*5\r\n$5\r\nFCALL\r\n$7\r\ncapture\r\n$1\r\n2\r\n$18\r\nr:%016llx\r\n$18\r\nr:%016llx\r\n",
    (unsigned long long)++nextID, (unsigned long long)hold);
  put(one, command, (size_t)count);
  pend(one, 0);
}

static void answered(Connection *one, bool granted) {
  uint64_t hold = one->ring[one->head % maxInFlight].hold, sent = one->ring[one->head % maxInFlight].sent;
  one->head++;
  if (counting) {
    if (operations < latenciesMax) latencies[operations] = (uint32_t)((now() - sent) / 100);
    operations++;
    if (!granted) refused++;
  }
  if (hold && granted) capture(one, hold); else authorize(one);
}

// Replies are integers, or errors, one a line.
static void takeReplies(Connection *one) {
  size_t start = 0;
  for (;;) {
    char *end = memchr(one->in + start, '\n', one->inCount - start);
    if (!end) break;
    if (one->in[start] == '-') { fwrite(one->in + start, 1, (size_t)(end - one->in) - start, stderr); exit(1); }
    answered(one, one->in[start] == ':' && one->in[start + 1] == '1');
    start = (size_t)(end - one->in) + 1;
  }
  memmove(one->in, one->in + start, one->inCount - start);
  one->inCount -= start;
}

static void flush(Connection *one) {
  while (one->outSent < one->outCount) {
    int count = SSL_write(one->ssl, one->out + one->outSent, (int)(one->outCount - one->outSent));
    if (count <= 0) {
      if (SSL_get_error(one->ssl, count) == SSL_ERROR_WANT_WRITE) return;
      fail("writing");
    }
    one->outSent += (size_t)count;
  }
  one->outCount = one->outSent = 0;
}

static void serve(Connection *one) {
  for (;;) {
    int count = SSL_read(one->ssl, one->in + one->inCount, (int)(inboundMax - one->inCount));
    if (count <= 0) {
      int error = SSL_get_error(one->ssl, count);
      if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) break;
      fail("reading");
    }
    one->inCount += (size_t)count;
    takeReplies(one);
  }
  flush(one);
}

static Connection *connectTo(SSL_CTX *context, int port) {
  Connection *one = calloc(1, sizeof *one);
  if (!one) fail("memory");
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  one->file = socket(AF_INET, SOCK_STREAM, 0);
  if (one->file < 0 || connect(one->file, (struct sockaddr *)&address, sizeof address) != 0) fail("connecting");
  int yes = 1;
  setsockopt(one->file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  one->ssl = SSL_new(context);
  SSL_set_fd(one->ssl, one->file);
  if (SSL_connect(one->ssl) != 1) fail("the TLS handshake");
  fcntl(one->file, F_SETFL, O_NONBLOCK);
  return one;
}

static int ascending(const void *left, const void *right) {
  uint32_t first = *(const uint32_t *)left, second = *(const uint32_t *)right;
  return first < second ? -1 : first > second;
}

static double percentile(uint64_t count, double share) {
  return count ? latencies[(uint64_t)((double)(count - 1) * share)] / 1e4 : 0;
}

static int number(const char *text) { return (int)strtol(text, NULL, 10); }

int main(int argc, char **argv) {
  if (argc != 9) {
    fprintf(stderr, "usage: redis-load PORT CERTIFICATES CONNECTIONS IN-FLIGHT ACCOUNTS WARM-UP SECONDS PID\n");
    return 64;
  }
  int port = number(argv[1]), connections = number(argv[3]), inFlight = number(argv[4]);
  int warmUp = number(argv[6]), seconds = number(argv[7]), pid = number(argv[8]);
  accounts = strtoull(argv[5], NULL, 10);
  if (inFlight < 1 || inFlight > maxInFlight || accounts < 1) fail("an argument is out of bounds");
  latencies = malloc(latenciesMax * sizeof *latencies);
  Connection **all = calloc((size_t)connections, sizeof *all);
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  char path[4096];
  if (!latencies || !all || !context) fail("memory");
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  snprintf(path, sizeof path, "%s/ca.pem", argv[2]);
  if (SSL_CTX_load_verify_locations(context, path, NULL) != 1) fail(path);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  snprintf(path, sizeof path, "%s/worker.pem", argv[2]);
  if (SSL_CTX_use_certificate_chain_file(context, path) != 1) fail(path);
  snprintf(path, sizeof path, "%s/worker-key.pem", argv[2]);
  if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1) fail(path);

  // Ids of one run never meet those of another.
  nextID = (uint64_t)time(NULL) << 32;
  int poll = epoll_create1(0);
  for (int index = 0; index < connections; index++) {
    all[index] = connectTo(context, port);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = all[index] };
    if (epoll_ctl(poll, EPOLL_CTL_ADD, all[index]->file, &event) != 0) fail("epoll");
    for (int call = 0; call < inFlight; call++) authorize(all[index]);
    flush(all[index]);
  }

  uint64_t start = now() + (uint64_t)warmUp * 1000000000u, end = start + (uint64_t)seconds * 1000000000u;
  double cpu = 0;
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(poll, events, 64, 100);
    for (int index = 0; index < count; index++) serve(events[index].data.ptr);
    uint64_t at = now();
    if (!counting && at >= start) { counting = true; start = at; cpu = cpuSeconds(pid); }
    if (at < end) continue;
    double elapsed = (double)(at - start) / 1e9, spent = cpuSeconds(pid) - cpu;
    uint64_t kept = operations < latenciesMax ? operations : latenciesMax;
    qsort(latencies, kept, sizeof *latencies, ascending);
    printf("RESULT ops=%.0f p50=%.3f p99=%.3f cpu=%.2f failed=%llu\n", (double)operations / elapsed,
           percentile(kept, 0.5), percentile(kept, 0.99), operations ? spent * 1e6 / (double)operations : 0,
           (unsigned long long)refused);
    return 0;
  }
}
