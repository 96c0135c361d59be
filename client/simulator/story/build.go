package story

import "time"

// build tells the story.
func build() *Story {
	s := &Story{
		Now:       at("2016-11-11 21:30:00"),
		endpoints: make(map[int]*Endpoint),
		processes: make(map[GUID]*Process),
		binaries:  make(map[string]*Binary),
		unseen:    make(map[GUID]bool),
	}
	t := &teller{story: s, files: &catalog{binaries: make(map[string]*Binary)}, pids: make(map[*Endpoint]int)}
	t.company()
	hosts := make(map[string]*host, len(s.Endpoints))
	for _, e := range s.Endpoints {
		hosts[e.Name] = t.boot(e)
	}
	t.share(hosts["WIN-IA9NQ1GN8OI"])
	t.finish()
	return s
}

// host is an endpoint with the processes that others are started from.
type host struct {
	*Endpoint
	kernel, services, lsass, winlogon, explorer *Process
	svchost                                     *Process
	sensor                                      *Process
}

// day gives a time on a day of November 2016.
func day(d, hour, minute int) time.Time {
	return time.Date(2016, time.November, d, hour, minute, 0, 0, time.UTC)
}
