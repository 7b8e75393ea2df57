export const serverless = []
