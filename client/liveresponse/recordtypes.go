package liveresponse

import "github.com/cbscript/cbscript/client"

// RecordTypes describes the values of Live Response that scripts see, for [client.Product.Records].
func RecordTypes() []client.RecordType {
	return []client.RecordType{Service{}.Describe(), (*Session)(nil).Describe(), Job{}.Describe(), dumpRecord{}.Describe()}
}

var (
	_ client.DescribedRecord = Service{}
	_ client.DescribedRecord = (*Session)(nil)
	_ client.DescribedRecord = Job{}
	_ client.DescribedRecord = dumpRecord{}
)

// Describe describes cb.live_response.
func (s Service) Describe() client.RecordType {
	return client.RecordType{Name: s.Type(), Doc: "Live Response on a server: cb.live_response.", Methods: s.Methods()}
}

// Describe describes a session. Of a session without an endpoint it can be asked nothing else.
//
// Source: contract/live-response.md, sections 1 and 2.
func (s *Session) Describe() client.RecordType {
	return client.RecordType{Name: s.Type(), Doc: "A session of Live Response with an endpoint, as sensor.lr_session() and the function of a job have it.",
		Attributes: []client.RecordAttribute{
			{Name: "address", Returns: "string", Doc: "The endpoint's address, None where the server does not tell."},
			{Name: "current_working_directory", Returns: "string", Doc: "Where commands are run that name no other place."},
			{Name: "drives", Returns: "list of strings", Doc: "The endpoint's drives."},
			{Name: "hostname", Returns: "string", Doc: "The endpoint's name."},
			{Name: "id", Returns: "any", Doc: "The session's id on the server."},
			{Name: "is_open", Returns: "bool", Doc: "False once close() was called."},
			{Name: "os_type", Returns: "int", Doc: "The endpoint's system: 1 Windows, 2 macOS, 4 Linux; 0 where it is not known."},
			{Name: "os_version", Returns: "string", Doc: "The version of its system."},
			{Name: "sensor_id", Returns: "int", Doc: "The endpoint's number."},
			{Name: "supported_commands", Returns: "list of strings", Doc: "What the sensor understands, by the server's names of commands."},
		}, Methods: s.Methods()}
}

// Describe describes a job.
func (v Job) Describe() client.RecordType {
	return client.RecordType{Name: v.Type(), Doc: "Work that was submitted for an endpoint, as cb.live_response.submit_job() gives it.",
		Attributes: []client.RecordAttribute{
			{Name: "id", Returns: "int", Doc: "Its number in this run, from 1."},
			{Name: "name", Returns: "string", Doc: "The name of its function."},
			{Name: "sensor_id", Returns: "int", Doc: "The endpoint's number."},
			{Name: "state", Returns: "string", Doc: "What has become of it: waiting, offline, running, done, failed, cancelled or not run."},
		}, Methods: v.Methods()}
}

// Describe describes a memory dump that was begun.
func (r dumpRecord) Describe() client.RecordType {
	return client.RecordType{Name: r.Type(), Doc: "A memory dump that was begun, as session.start_memdump() gives it.",
		Attributes: []client.RecordAttribute{{Name: "remote_filename", Returns: "string", Doc: "Where the dump is on the endpoint."}}, Methods: r.Methods(), Through: "start_memdump"}
}
