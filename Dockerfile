# syntax=docker/dockerfile:1
# Keycap without its embedded PostgreSQL: give it DATABASE_URL, KEYCAP_SECRET, KEYCAP_PUBLIC_URL.
#   docker build -t keycap .
#   docker run -p 3000:3000 -e DATABASE_URL -e KEYCAP_SECRET -e KEYCAP_PUBLIC_URL keycap

FROM node:24-slim AS manifest
WORKDIR /keycap
COPY package.json package-lock.json ./

FROM manifest AS build
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ormconfig.ts ./
COPY src ./src
COPY dashboard ./dashboard
COPY scripts ./scripts
RUN npm run build

FROM manifest AS production
# TypeScript comes along as an optional peer of @nestjs/swagger's compiler plugin: 24 MB, never loaded.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/typescript

FROM node:24-slim
WORKDIR /keycap
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=manifest /keycap/package.json ./
COPY --from=production /keycap/node_modules ./node_modules
COPY --from=build /keycap/dist/bundle ./dist/bundle
COPY --from=build /keycap/dist/dashboard ./dist/dashboard
USER node
EXPOSE 3000
# Ready: the database answers, and its tables are this version's.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The process itself, not a shell or npm, gets the SIGTERM that lets requests in flight finish.
CMD ["node", "dist/bundle/main.js"]
