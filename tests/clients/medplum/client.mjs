// Drives discovery, prefetch and a call with the CDS Hooks functions of an independent client library.
// Settings come in the environment; what was found goes out as one JSON object.
globalThis.WebSocket ??= class extends EventTarget {}; // named when the library loads, and missing in Node.js 20
const { MedplumClient, buildCdsRequest } = await import("@medplum/core");

const { CDS_URL, FHIR_URL, SERVICE_ID, PATIENT_ID } = process.env;
const medplum = new MedplumClient({ baseUrl: FHIR_URL, fhirUrlPath: "fhir", cdsServicesUrl: CDS_URL, cacheTime: 0 });

const discovered = await medplum.getCdsServices();
const service = discovered.services.find((each) => each.id === SERVICE_ID);
const user = { resourceType: "Practitioner", id: "oncologist" };
const context = { userId: "Practitioner/oncologist", patientId: PATIENT_ID };
const request = await buildCdsRequest(medplum, user, service, context);
const response = await medplum.callCdsService(SERVICE_ID, request);
process.stdout.write(JSON.stringify({ discovered, request, response }));
