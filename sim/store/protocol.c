/*
 * RESP between a client and the store: how many bytes requests and answers take on the wire, and
 * which words are numbers.
 */
#include "sim/store/protocol.h"

#include <string.h>

#include "sim/engine/trace.h"

uint32_t resp_digits(uint64_t number)
{
    uint32_t digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

/* "$5\r\nhello\r\n" */
static uint32_t bulk_bytes(uint64_t bytes)
{
    return 1 + resp_digits(bytes) + 2 + (uint32_t)bytes + 2;
}

uint32_t resp_request_bytes(enum resp_type type, uint64_t key, uint64_t value_bytes)
{
    const uint32_t head = 4; /* "*3\r\n" */
    uint32_t name = bulk_bytes(2 + (uint64_t)resp_digits(key));
    switch (type) {
    case RESP_SET:
        return head + bulk_bytes(3) + name + bulk_bytes(value_bytes);
    case RESP_GET:
    case RESP_DEL:
        return head + bulk_bytes(3) + name;
    case RESP_INCR:
        return head + bulk_bytes(4) + name;
    case RESP_WAIT: /* WAIT n 0 */
        return head + bulk_bytes(4) + bulk_bytes(resp_digits(key)) + bulk_bytes(1);
    case RESP_PING:
    case RESP_INFO:
        return 14;
    case RESP_GET_MASTER:
        return 67;
    case RESP_REPLCONF: /* listening-port, capa eof capa psync2: 49 and 59 */
        return 54;
    case RESP_PSYNC:
        return head + bulk_bytes(5) + bulk_bytes(40) + bulk_bytes(resp_digits(key));
    case RESP_ACK:
        return head + bulk_bytes(8) + bulk_bytes(3) + bulk_bytes(resp_digits(key));
    default:
        return head;
    }
}

uint32_t resp_answer_bytes(enum resp_type type, uint64_t value_bytes)
{
    switch (type) {
    case RESP_NIL:
        return 5; /* $-1 */
    case RESP_MISCONF:
        return 343; /* the longer of both texts, with its sign and end */
    case RESP_OOM:
        return 58;
    case RESP_READONLY:
        return 56;
    case RESP_LOADING:
        return 49;
    case RESP_ERROR:
        return 46; /* value is not an integer */
    case RESP_NOREPLICAS:
        return 48;
    case RESP_MASTERDOWN:
        return 86;
    case RESP_UNBLOCKED:
        return 89;
    case RESP_FULLRESYNC:
        return 64; /* +FULLRESYNC, 40 digits, the offset */
    case RESP_CONTINUE:
        return 52;
    case RESP_NOMASTERLINK:
        return 60;
    default:
        return value_bytes == 0 ? 5 : bulk_bytes(value_bytes); /* +OK */
    }
}

unsigned resp_refusal(enum resp_type answer)
{
    switch (answer) {
    case RESP_OK:
    case RESP_NIL:
        return 0;
    case RESP_MISCONF:
        return REFUSED_MISCONF;
    case RESP_OOM:
        return REFUSED_OOM;
    case RESP_READONLY:
        return REFUSED_READONLY;
    case RESP_LOADING:
        return REFUSED_LOADING;
    case RESP_NOREPLICAS:
        return REFUSED_NOREPLICAS;
    case RESP_MASTERDOWN:
        return REFUSED_MASTERDOWN;
    default:
        return REFUSED_ERROR;
    }
}

bool resp_number(const char *words, int64_t *number)
{
    bool negative = *words == '-';
    const char *c = words + negative;
    size_t digits = strlen(c);
    uint64_t sum = 0;
    if (digits == 0 || digits > 18 || (*c == '0' && (digits > 1 || negative)))
        return false;
    for (; *c != '\0'; c++) {
        if (*c < '0' || *c > '9')
            return false;
        sum = sum * 10 + (uint64_t)(*c - '0');
    }
    *number = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}
