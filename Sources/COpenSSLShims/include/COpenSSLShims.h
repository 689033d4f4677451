// What Swift cannot import of OpenSSL, because it is a macro there.
#pragma once
#include <openssl/ssl.h>
