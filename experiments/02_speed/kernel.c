/* The calendar-and-draws kernel in C: the same algorithm as `kernel.py` and, below it, the compiled engine's
 * `timers.py` and the model's `draws.py`, step for step, so that both must give the same numbers to the last bit.
 * Build it without contraction (-ffp-contract=off) and without fast-math. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct { double time; int64_t place, slot; } Timer;
typedef struct { double time; int64_t place, slot, after; } FarTimer;

typedef struct {
    Timer *near;       /* a heap: what happens in this bucket's hours */
    FarTimer *far;     /* chains: what happens later */
    int64_t *buckets;  /* first of each chain, or -1 */
    int64_t near_used, far_used, far_free, bucket, buckets_used;
    double now, start_hour, end_hour, buckets_per_hour;
} Firm;

static double uniform(int64_t seed, int64_t replicate, int64_t purpose, int64_t entity, int64_t index) {
    uint32_t c0 = (uint32_t)index, c1 = (uint32_t)entity, c2 = (uint32_t)purpose, c3 = (uint32_t)replicate;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)((uint64_t)seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53 * c0, product1 = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return ((double)(((int64_t)c0 << 20) | (c1 >> 12)) + 0.5) * 2.220446049250313e-16;
}

static double exponential(int64_t seed, int64_t replicate, int64_t purpose, int64_t entity, int64_t index) {
    return -log(uniform(seed, replicate, purpose, entity, index));
}

static int64_t place_of(int64_t kind, int64_t entity, int64_t index) {
    return ((kind + 2) << 56) | (entity << 36) | index;
}

static void push(Firm *firm, double time, int64_t place, int64_t slot) {
    int64_t hole = firm->near_used++;
    while (hole > 0) {
        int64_t above = (hole - 1) >> 1;
        Timer *parent = firm->near + above;
        if (parent->time < time || (parent->time == time && parent->place <= place))
            break;
        firm->near[hole] = *parent;
        hole = above;
    }
    firm->near[hole] = (Timer){time, place, slot};
}

static void drop_first(Firm *firm) {
    int64_t last = --firm->near_used, hole = 0, below = 1;
    Timer moved = firm->near[last];
    while (below < last) {
        Timer *child = firm->near + below;
        if (below + 1 < last) {
            Timer *other = child + 1;
            if (other->time < child->time || (other->time == child->time && other->place < child->place)) {
                child = other;
                below++;
            }
        }
        if (moved.time < child->time || (moved.time == child->time && moved.place <= child->place))
            break;
        firm->near[hole] = *child;
        hole = below;
        below = 2 * hole + 1;
    }
    firm->near[hole] = moved;
}

static void later(Firm *firm, int64_t kind, int64_t entity, int64_t index, double delay, int64_t slot) {
    double time = firm->now + delay;
    if (time > firm->end_hour)
        return;
    int64_t bucket = (int64_t)((time - firm->start_hour) * firm->buckets_per_hour);
    if (bucket <= firm->bucket) {
        push(firm, time, place_of(kind, entity, index), slot);
        return;
    }
    int64_t free = firm->far_free;
    if (free >= 0)
        firm->far_free = firm->far[free].after;
    else
        free = firm->far_used++;
    firm->far[free] = (FarTimer){time, place_of(kind, entity, index), slot, firm->buckets[bucket]};
    firm->buckets[bucket] = free;
}

static int next_comes(Firm *firm) {
    while (firm->near_used == 0) {
        if (++firm->bucket >= firm->buckets_used)
            return 0;
        int64_t there = firm->buckets[firm->bucket];
        while (there >= 0) {
            FarTimer *timer = firm->far + there;
            int64_t after = timer->after;
            push(firm, timer->time, timer->place, timer->slot);
            timer->after = firm->far_free;
            firm->far_free = there;
            there = after;
        }
    }
    return 1;
}

/* Timers that are set anew as often as they go off; the sum of the times, and a mix of the places in their order. */
int hold(int64_t pending, int64_t events, int64_t seed, int64_t kind, int64_t purpose, double mean_hours,
         double end_hour, double buckets_per_hour, double *sum, int64_t *mix) {
    Firm firm = {0};
    firm.end_hour = end_hour;
    firm.buckets_per_hour = buckets_per_hour;
    firm.buckets_used = (int64_t)(end_hour * buckets_per_hour) + 2;
    firm.far_free = -1;
    firm.near = malloc((pending + 1) * sizeof(Timer));
    firm.far = malloc((pending + 1) * sizeof(FarTimer));
    firm.buckets = malloc(firm.buckets_used * sizeof(int64_t));
    if (!firm.near || !firm.far || !firm.buckets)
        return 1;
    for (int64_t bucket = 0; bucket < firm.buckets_used; bucket++)
        firm.buckets[bucket] = -1;

    double total = 0.0;
    uint64_t mixed = 0;
    for (int64_t entity = 0; entity < pending; entity++)
        later(&firm, kind, entity, 0, mean_hours * exponential(seed, 0, purpose, entity, 0), entity);
    for (int64_t event = 0; event < events && next_comes(&firm); event++) {
        Timer timer = firm.near[0];
        firm.now = timer.time;
        drop_first(&firm);
        total += firm.now;
        mixed = mixed * 31 + (uint64_t)timer.place;
        int64_t entity = timer.slot, index = (timer.place & 0xFFFFFFFFF) + 1;
        later(&firm, kind, entity, index, mean_hours * exponential(seed, 0, purpose, entity, index), entity);
    }
    *sum = total;
    *mix = (int64_t)mixed;
    free(firm.near);
    free(firm.far);
    free(firm.buckets);
    return 0;
}
