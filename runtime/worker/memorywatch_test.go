//go:build unix

package worker

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// TestMemoryWatch: the watch ends with the look that finds too much, and says once that it cannot look.
func TestMemoryWatch(t *testing.T) {
	const limit = 100
	for name, test := range map[string]struct {
		read  []int64 // what each look finds, -1 an error; the last goes on
		limit int64
		looks int // until it is over, 0 meaning never
		told  int
	}{
		"too much at the first look": {[]int64{101}, limit, 1, 0},
		"growing":                    {[]int64{10, 50, 100, 101}, limit, 4, 0},
		"just as much as it may":     {[]int64{100}, limit, 0, 0},
		"no limit":                   {[]int64{math.MaxInt64}, 0, 0, 0},
		"a look that fails":          {[]int64{-1, -1, 101}, limit, 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				looks := 0
				var log strings.Builder
				w := watchMemory(func() (int64, error) {
					held := test.read[min(looks, len(test.read)-1)]
					looks++
					if held < 0 {
						return 0, errors.New("no ps")
					}
					return held, nil
				}, test.limit, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
				begun, got := time.Now(), 0
				select {
				case <-w.exceeded():
					got = int(time.Since(begun) / lookEvery)
				case <-time.After(100 * lookEvery):
				}
				w.close()
				w.close()
				synctest.Wait()
				if got != test.looks {
					t.Errorf("over after %d looks, want %d", got, test.looks)
				}
				if told := strings.Count(log.String(), "no ps"); told != test.told {
					t.Errorf("the log says %d times that the watch cannot look, want %d:\n%s", told, test.told, log.String())
				}
				after := looks
				time.Sleep(100 * lookEvery)
				if looks != after {
					t.Errorf("%d looks after the end", looks-after)
				}
			})
		})
	}
}

// TestResident reads the memory of this process before and after it takes more.
func TestResident(t *testing.T) {
	if _, err := os.Stat("/bin/ps"); err != nil {
		t.Skip("needs /bin/ps")
	}
	before, err := resident(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const taken = 64 << 20
	block, err := unix.Mmap(-1, 0, taken, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Munmap(block); err != nil {
			t.Error(err)
		}
	}()
	for i := 0; i < len(block); i += 1024 {
		block[i] = 1
	}
	after, err := resident(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if grown := after - before; grown < taken*3/4 || grown > taken*2 {
		t.Errorf("from %d to %d bytes after %d were taken", before, after, len(block))
	}
	if held, err := resident(math.MaxInt32); err == nil {
		t.Errorf("a process that is not there holds %d bytes", held)
	}
}

// TestTwice: a limit near the largest number does not become a negative one.
func TestTwice(t *testing.T) {
	for limit, want := range map[int64]int64{0: 0, 5: 10, 1 << 30: 1 << 31, math.MaxInt64: math.MaxInt64 / 4 * 2} {
		if got := twice(limit); got != want {
			t.Errorf("twice %d is %d, want %d", limit, got, want)
		}
	}
}
